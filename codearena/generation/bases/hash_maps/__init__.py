"""Bases on counting and grouping by key."""
