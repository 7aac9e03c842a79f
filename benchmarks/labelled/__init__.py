"""Functions whose growth is known, by family, to check what is measured against.

A module is a family: `make_input` and `SIZES` as in a task's probe, VARY and LEND as its `vary` and `lend`, functions
whose docstring is their growth class, and REFERENCE, the name of the one that plays the reference.
"""
