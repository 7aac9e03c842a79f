"""Secure bases on queries of a database."""
