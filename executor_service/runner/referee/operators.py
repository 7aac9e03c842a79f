"""Names of operators, as the module `operator` and special methods have them."""

ARITHMETIC = ["add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "pow", "lshift", "rshift"]
ARITHMETIC += ["and_", "or_", "xor"]
COMPARISONS = ["eq", "ne", "lt", "le", "gt", "ge"]
IN_PLACE = ["i" + name.rstrip("_") for name in ARITHMETIC]
UNARY = ["neg", "pos", "invert", "abs", "int", "float", "complex", "index", "trunc", "floor", "ceil"]

_BOTH_SIDES = [f"__{side}{name.rstrip('_')}__" for name in ARITHMETIC for side in ("", "r", "i")]
_CONTAINER = ["len", "iter", "next", "reversed", "contains", "getitem", "setitem", "delitem", "missing"]
_OTHER = ["call", "enter", "exit", "hash", "bool", "str", "repr", "format", "round", "divmod", "rdivmod", "bytes"]
_OTHER += ["fspath", "aiter", "anext", "aenter", "aexit", "await", "length_hint"]

SPECIAL = frozenset(_BOTH_SIDES + [f"__{name}__" for name in [*COMPARISONS, *UNARY, *_CONTAINER, *_OTHER]])
"""Special methods that one side may have the other apply to an object of its own."""
