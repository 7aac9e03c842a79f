"""Secure bases on pages, addresses and headers."""
