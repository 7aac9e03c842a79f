"""Bases on whole numbers and how they are written."""
