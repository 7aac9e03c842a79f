"""Bases on text and bytes."""
