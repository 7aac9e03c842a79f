"""Bases on always having the least of many at hand."""
