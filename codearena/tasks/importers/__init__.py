"""Data sets as they are published, read as tasks: `codearena tasks import FORMAT FILE` (docs/importing.md).

A module for each family of formats; what they have in common is in item.py, and where rows come from in rows.py.
"""
