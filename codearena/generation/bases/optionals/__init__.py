"""Bases on values that may not be there."""
