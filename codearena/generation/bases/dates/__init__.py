"""Bases on days, months and durations; none of them asks what time it is."""
