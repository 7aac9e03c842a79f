"""Secure bases on names of files."""
