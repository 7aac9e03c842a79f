"""Bases on texts: runs, prefixes, words, alphabets."""
