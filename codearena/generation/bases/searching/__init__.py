"""Bases on finding a position by halving what is left."""
