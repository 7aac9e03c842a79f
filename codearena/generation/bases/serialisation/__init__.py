"""Secure bases on reading what strangers wrote."""
