"""Names and methods that do not exist: misspelt, of another language, or never imported."""

import ast
import builtins
import difflib
import keyword
import sys
from collections.abc import Iterator

from gateway.repair.edits import Edit, Kind, replacing
from gateway.repair.source import Source

_BUILTINS = frozenset(dir(builtins))
_FOREIGN = {"length": "len", "size": "len", "count": "len", "null": "None", "nil": "None", "undefined": "None"}
_FOREIGN |= {"true": "True", "false": "False", "string": "str", "integer": "int", "double": "float", "println": "print"}
_FOREIGN |= {"printf": "print", "echo": "print", "array": "list", "maximum": "max", "minimum": "min", "this": "self"}
_FOREIGN |= {"average": "sum", "total": "sum", "boolean": "bool", "xrange": "range", "unicode": "str", "long": "int"}
_METHODS = frozenset(
    name for kind in (list, dict, str, set, tuple, bytes, int, float) for name in dir(kind) if not name.startswith("_")
)
_FOREIGN_METHODS = {"push": "append", "push_back": "append", "trim": "strip", "toUpperCase": "upper"}
_FOREIGN_METHODS |= {"toLowerCase": "lower", "indexOf": "index", "concat": "extend", "upcase": "upper"}
_FOREIGN_METHODS |= {"downcase": "lower", "substitute": "replace", "includes": "__contains__", "addAll": "update"}
_LENGTHS = frozenset({"length", "size", "len", "count"})
_FROM = {"Counter": "collections", "defaultdict": "collections", "deque": "collections", "OrderedDict": "collections"}
_FROM |= {"namedtuple": "collections", "reduce": "functools", "lru_cache": "functools", "partial": "functools"}
_FROM |= {"sqrt": "math", "ceil": "math", "floor": "math", "gcd": "math", "pi": "math", "inf": "math", "log": "math"}
_FROM |= {"List": "typing", "Dict": "typing", "Optional": "typing", "Tuple": "typing", "Any": "typing"}
_FROM |= {"bisect_left": "bisect", "bisect_right": "bisect", "heappush": "heapq", "heappop": "heapq"}
_FROM |= {"dataclass": "dataclasses", "Path": "pathlib", "product": "itertools", "combinations": "itertools"}


def edits(source: Source) -> Iterator[Edit]:
    yield from _names(source)
    yield from _methods(source)


def _names(source: Source) -> Iterator[Edit]:
    for node in source.walk(ast.Name):
        name = node.id
        if not isinstance(node.ctx, ast.Load) or name in source.bound or name in _BUILTINS:
            continue
        if statement := _import_of(name):
            yield Edit(Kind.NAMES, f"import {name}", 0.1, f"imports {name}", (), frozenset({statement}))
            continue
        for place, better in enumerate(_suggestions(name, source.bound)):
            cost = 0.2 + 0.5 * place
            yield replacing(Kind.NAMES, f"name {name} {better}", cost, f"{name} is {better}", source, node, better)


def _import_of(name: str) -> str:
    if name in _FROM:
        return f"from {_FROM[name]} import {name}"
    return f"import {name}" if name in sys.stdlib_module_names else ""


def _suggestions(name: str, bound: frozenset[str]) -> list[str]:
    foreign = [_FOREIGN[name.lower()]] if name.lower() in _FOREIGN else []
    plain = [known for known in _BUILTINS if not known.startswith("_") and not known[0].isupper()]
    known = [*bound, *plain, "None", "True", "False"]
    return list(dict.fromkeys(foreign + difflib.get_close_matches(name, known, n=3, cutoff=0.6)))


def _methods(source: Source) -> Iterator[Edit]:
    if any(source.walk(ast.ClassDef)):
        return
    for node in source.walk(ast.Attribute):
        name = node.attr
        if not isinstance(node.ctx, ast.Load) or name in _METHODS - {"count"} or _is_module(node.value):
            continue
        called = next((call for call in source.walk(ast.Call) if call.func is node), None)
        whole: ast.expr = called or node
        if name in _LENGTHS and not (called and called.args):
            text = f"len({source.code(node.value)})"
            yield replacing(Kind.NAMES, "length", 0.2, f".{name} is len()", source, whole, text)
        elif called and not keyword.iskeyword(name) and name not in _METHODS:
            yield from _renamed(source, node)


def _renamed(source: Source, node: ast.Attribute) -> Iterator[Edit]:
    close = difflib.get_close_matches(node.attr, sorted(_METHODS), n=2, cutoff=0.6)
    foreign = [_FOREIGN_METHODS[node.attr]] if node.attr in _FOREIGN_METHODS else []
    for place, better in enumerate(dict.fromkeys(foreign + close)):
        text, note = f"{source.code(node.value)}.{better}", f".{node.attr} is .{better}"
        yield replacing(Kind.NAMES, f"method {node.attr} {better}", 0.3 + 0.5 * place, note, source, node, text)


def _is_module(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and node.id in sys.stdlib_module_names
