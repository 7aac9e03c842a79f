"""Code that the library writes out of names, and runs: that of data classes, named tuples and type hints.

The functions here are called by the audit hook (audit_hook.py), and kept to its rules: they use what stands in their
own defaults alone.
"""

import collections
import dataclasses
import opcode
import typing
from collections.abc import Callable, Iterator
from types import CodeType
from typing import Any

_GATHERS = ("BUILD_LIST", "BUILD_SET", "BUILD_MAP", "LIST_EXTEND", "LIST_APPEND", "SET_ADD", "MAP_ADD", "IMPORT_NAME")
_DEFAULTS = ("BUILD_CONST_KEY_MAP",)
_SUMS = ("UNARY_NEGATIVE", "UNARY_NOT", "UNARY_INVERT", "BINARY_SLICE", "STORE_SUBSCR", "DELETE_SUBSCR")
_COMPARISONS = ("COMPARE_OP", "CONTAINS_OP", "IS_OP")
_PARTS = ("BINARY_SUBSCR", "LOAD_ATTR", "LOAD_METHOD")
_TEXTS = ("BUILD_STRING", "LOAD_CONST")
_BINARY = opcode.opmap["BINARY_OP"]
_CALLS = ("CALL", "PRECALL", "CALL_KW", "CALL_FUNCTION_EX")
_METHODS = frozenset({"__create_fn__", "__class__", "__qualname__", "__setattr__", "__delattr__", "__post_init__"})

Plain = tuple[frozenset[int], frozenset[int], frozenset[str] | None, frozenset[tuple[int, int]]]
"""What code of names never does, what it does only where it makes its functions, which global names it uses, and which
binary operations, each with what stands before it. No names: any of them.
"""


def code_at(owner: object, path: str) -> CodeType | None:
    """That of a function, if it is there."""
    for name in path.split("."):
        owner = getattr(owner, name, None)
    return getattr(owner, "__code__", None)


def _operations(*names: str) -> frozenset[int]:
    return frozenset(opcode.opmap[name] for name in names if name in opcode.opmap)


def _binary(text: str) -> set[int]:
    """Which binary operations an expression has, by their argument."""
    code = compile(text, "", "eval").co_code
    return {code[at + 1] for at in range(0, len(code), 2) if code[at] == _BINARY}


def makers() -> Iterator[tuple[CodeType, Plain]]:
    """The functions of the library that write code out of names, and what such code is like.

    It reckons nothing: else it would be a way to have the source's own text evaluated.
    """
    nothing, defaults, jumps = _operations(), _operations(*_DEFAULTS), frozenset((*opcode.hasjrel, *opcode.hasjabs))
    anything = (*_GATHERS, *_DEFAULTS, *_SUMS)
    unions = frozenset((before, each) for each in _binary("a | b") | _binary("a[b]") for before in range(256))
    texts = frozenset((before, each) for each in _binary("a + b") for before in _operations(*_TEXTS))
    of_tuple: Plain = (
        _operations(*anything, *_COMPARISONS, *_PARTS) | jumps,
        nothing,
        frozenset({"_tuple_new"}),
        frozenset(),
    )
    of_hint = (_operations(*anything, *_COMPARISONS, *_CALLS) | jumps, nothing, None, unions)
    of_class = (
        _operations(*_GATHERS, *_SUMS, "BINARY_SUBSCR"),
        defaults,
        frozenset({"NotImplemented", "hash", "super", "type"}),
        texts,
    )
    makers: tuple[tuple[object, str, Plain], ...] = (
        (collections, "namedtuple", of_tuple),
        (typing, "ForwardRef._evaluate", of_hint),
        (dataclasses, "_create_fn", of_class),
        (dataclasses, "_FuncBuilder.add_fns_to_class", of_class),  # from Python 3.13 on
    )
    for owner, path, plain in makers:
        if code := code_at(owner, path):
            yield code, plain


def _globals_are(
    code: CodeType,
    known: frozenset[str],
    *,
    pairs: Callable[..., Any] = zip,
    loads: tuple[tuple[int, int], ...] = ((opcode.opmap["LOAD_GLOBAL"], 1), (opcode.opmap["LOAD_NAME"], 0)),
    extended: int = opcode.opmap["EXTENDED_ARG"],
    methods: frozenset[str] = _METHODS,
) -> bool:
    """True if the code reads no global name but those, and no special attribute but what data classes have."""
    for name in code.co_names:
        if name.startswith("__") and name not in methods:
            return False
    high = 0
    for operation, low in pairs(code.co_code[::2], code.co_code[1::2]):
        place = high << 8 | low
        for load, shift in loads:  # the lowest bit of a LOAD_GLOBAL says whether it is for a call
            if operation == load and code.co_names[place >> shift] not in known:
                return False
        high = place if operation == extended else 0
    return True


def _joins_are(
    code: CodeType,
    joins: frozenset[tuple[int, int]],
    *,
    pairs: Callable[..., Any] = zip,
    binary: int = _BINARY,
) -> bool:
    """True if the code has no other binary operations than those, each after what it may stand after."""
    before = 0
    for operation, argument in pairs(code.co_code[::2], code.co_code[1::2]):
        if operation == binary and (before, argument) not in joins:
            return False
        before = operation
    return True


def is_plain(
    code: CodeType,
    plain: Plain,
    *,
    kind: type = type,
    code_type: type = CodeType,
    several: tuple[type, ...] = (tuple, frozenset),
    bare: tuple[type, ...] = (bool, type(None), type(...)),
    text: type = str,
    globals_are: Callable[[CodeType, frozenset[str]], bool] = _globals_are,
    joins_are: Callable[[CodeType, frozenset[tuple[int, int]]], bool] = _joins_are,
) -> bool:
    """True for code of names alone, which holds no data: as that of a data class, a named tuple, or a hint."""
    refused, where_made, names, joins = plain
    pending: list[tuple[Any, int]] = [(code, 0)]
    while pending:
        one, depth = pending.pop()
        if kind(one) is code_type:
            operations = one.co_code[::2]
            if not refused.isdisjoint(operations) or (depth != 1 and not where_made.isdisjoint(operations)):
                return False
            if not joins_are(one, joins) or (names is not None and not globals_are(one, names)):
                return False
            annotated = ["return"]
            for constant in one.co_consts:
                if kind(constant) is code_type:
                    annotated.extend(constant.co_varnames)
            for constant in one.co_consts:
                if where_made and depth < 2 and kind(constant) is text and constant not in annotated:
                    return False
                pending.append((constant, depth + 1))
        elif kind(one) in several:
            pending.extend([(each, depth) for each in one])
        elif kind(one) not in bare and kind(one) is not text:
            return False
    return True
