"""Bases on values that come as one of several types."""
