"""Bases on answers that are made of the answers to smaller questions."""
