"""Bases on putting items into order."""
