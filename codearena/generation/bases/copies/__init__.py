"""Bases on what is shared and what is copied."""
