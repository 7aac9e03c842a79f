"""Secure bases on passwords and their hashes."""
