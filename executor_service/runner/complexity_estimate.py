"""A first guess, from the syntax tree alone, at how an attempt's running time grows."""

import ast


def estimate_complexity(tree: ast.Module) -> str:
    """The growth class, e.g. "O(n^2)", of the costliest function of the module; "" if unknown."""
    return ""
