"""Bases on following rules step by step."""
