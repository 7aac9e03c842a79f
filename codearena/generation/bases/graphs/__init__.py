"""Bases on nodes and edges."""
