"""Secure bases on starting programs."""
