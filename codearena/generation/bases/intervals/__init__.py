"""Bases on intervals of integers."""
