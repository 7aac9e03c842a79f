"""Bases on rows and columns."""
