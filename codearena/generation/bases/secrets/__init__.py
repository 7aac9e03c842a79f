"""Secure bases on what nobody else may know or guess."""
