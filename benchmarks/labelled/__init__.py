"""Functions whose growth is known, by family, to check what is measured against.

A module is a family: `make_input` and `SIZES` as in a task's probe, VARY where an input makes many calls, functions
whose docstring is their growth class, and REFERENCE, the name of the one that plays the reference.
"""
