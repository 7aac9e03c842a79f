"""Bases on the binary digits of numbers."""
