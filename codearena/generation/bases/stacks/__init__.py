"""Bases on what came last and what came first."""
