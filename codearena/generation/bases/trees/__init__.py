"""Bases on trees, written as nested tuples (value, left, right) with None for no tree."""
