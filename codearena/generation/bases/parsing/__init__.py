"""Bases on reading notations."""
