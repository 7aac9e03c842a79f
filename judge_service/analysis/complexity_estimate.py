"""A first guess, from the syntax tree alone, at how an attempt's running time grows; a measurement beats it.

Every function gets a growth class from the loops that nest in it, what its calls cost, and how it calls itself. `n` is
the size of whatever the function is given. Left out of account: early exits, sizes of nested data (a loop over what an
outer loop hands out counts as part of that loop), and the cost of methods of classes defined elsewhere.
"""

import ast
import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from judge_service.analysis.nodes import FUNCTIONS, called, is_halving, names_of, walk
from judge_service.analysis.opaque import is_opaque
from judge_service.analysis.recursion_shape import RecursionShape, recursion_shape

_LINEAR_CALLS = {
    *("sum", "list", "tuple", "set", "frozenset", "dict", "any", "all", "Counter", "deque", "prod", "fsum", "heapify"),
    *("join", "copy", "deepcopy", "index", "count", "insert", "remove", "reverse", "extend", "split", "replace"),
    *("insort", "mean", "fmean", "accumulate", "loads", "dumps", "literal_eval", "eval"),
}
_SAME_SIZE_CALLS = {"enumerate", "zip", "reversed", "map", "filter", "iter", "islice", "sorted", "list", "tuple", "set"}
_LOGARITHMIC_CALLS = {"heappush", "heappop", "bisect", "bisect_left", "bisect_right"}
_LISTS = (ast.List, ast.ListComp)
_HASHED_USES = {"get", "items", "keys", "values", "add", "setdefault", "discard"}
_MODULES = {"math", "heapq", "bisect", "collections", "itertools", "statistics", "copy", "functools", "json", "ast"}
_REMOVERS = {"pop", "popleft", "popitem", "discard", "remove"}
_LOOPS_KEPT = 1024
"""Of which what is found by walking through all of a loop is remembered: those around it ask for it again."""
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_Loop = ast.For | ast.AsyncFor | ast.While


@dataclass(frozen=True, order=True)
class Growth:
    """2^n if exponential, else n^power * log(n)^logs."""

    exponential: bool = False
    power: int = 0
    logs: int = 0

    def times(self, other: "Growth") -> "Growth":
        return Growth(self.exponential or other.exponential, self.power + other.power, self.logs + other.logs)


CONSTANT = Growth()
LOGARITHMIC = Growth(logs=1)
LINEAR = Growth(power=1)
_SORTING = Growth(power=1, logs=1)
_EXPONENTIAL = Growth(exponential=True)

_NAMES = {
    CONSTANT: "O(1)",
    LOGARITHMIC: "O(log n)",
    LINEAR: "O(n)",
    _SORTING: "O(n log n)",
    Growth(power=2): "O(n^2)",
    Growth(power=2, logs=1): "O(n^2 log n)",
    Growth(power=3): "O(n^3)",
}


class UnknownGrowthError(Exception):
    """The tree does not tell."""


def estimate_complexity(tree: ast.Module) -> str:
    """The growth class, e.g. "O(n^2)", of the costliest function or of the module's own statements; "" if unknown.

    Code that may do more than it shows costs at least what it shows: of such code only what is a lot is told.
    """
    estimator = Estimator(tree)
    try:
        growth = estimator.module()
    except (UnknownGrowthError, RecursionError):
        return ""
    if growth.power <= 1 and not growth.exponential and is_opaque(tree):
        return ""
    return "O(2^n)" if growth.exponential else _NAMES.get(growth, "")


@dataclass(frozen=True)
class Scope:
    """What is known where an expression stands.

    parts: names that an enclosing loop hands out; lists, texts: names of lists and of strings; loop: the innermost
    enclosing loop.
    """

    parts: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()
    loop: _Loop | None = None


class Estimator:
    """Growth of the functions and statements of one tree."""

    def __init__(self, tree: ast.Module) -> None:
        self._tree = tree
        self.functions = {node.name: node for node in walk(tree) if isinstance(node, FUNCTIONS)}
        self._known: dict[str, Growth] = {}
        self._open: list[str] = []
        self._loops: dict[tuple[_Loop, Scope, str], Growth] = {}

    def scope_of(self, node: ast.AST) -> Scope:
        """What is known at the start of a function or of the module."""
        return Scope(lists=frozenset(_list_names(node)), texts=frozenset(_text_names(node)))

    @staticmethod
    def inside(loop: _Loop, scope: Scope) -> Scope:
        """What is known in the body of a loop that stands where `scope` holds."""
        handed_out = _taken_out(loop) if isinstance(loop, ast.While) else names_of(loop.target)
        return replace(scope, parts=scope.parts | set(handed_out), loop=loop)

    def module(self) -> Growth:
        """Of the costliest function, or of the module's own statements. Raises UnknownGrowthError."""
        own = self._block(self._tree.body, self.scope_of(self._tree))
        return max([own, *map(self.function, self.functions)])

    def function(self, name: str) -> Growth:
        """Of one call of it. Raises UnknownGrowthError."""
        if name in self._known:
            return self._known[name]
        if name in self._open:
            if name == self._open[-1]:
                return CONSTANT  # what calling itself costs is added from the shape of the recursion
            raise UnknownGrowthError("functions that call each other in a ring")
        self._open.append(name)
        node = self.functions[name]
        body = self._block(node.body, self.scope_of(node))
        self._open.pop()
        self._known[name] = _with_recursion(recursion_shape(node), body)
        return self._known[name]

    def _block(self, statements: Sequence[ast.stmt], scope: Scope) -> Growth:
        return max((self.statement(statement, scope) for statement in statements), default=CONSTANT)

    def statement(self, node: ast.stmt, scope: Scope) -> Growth:
        """Of running it once where `scope` holds. Raises UnknownGrowthError."""
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            return CONSTANT  # costs when called; every function is looked at on its own
        if isinstance(node, _LOOPS):
            # Remembered: whoever looks for the costliest line asks again at each depth. What a function costs that
            # calls itself is not known while it is looked at.
            key = (node, scope, self._open[-1] if self._open else "")
            if key not in self._loops:
                self._loops[key] = self._loop(node, scope)
            return self._loops[key]
        own = LINEAR if _puts_in_front(node, scope.texts) else CONSTANT
        return max([own, *(self._child(child, scope) for child in ast.iter_child_nodes(node))])

    def _loop(self, node: _Loop, scope: Scope) -> Growth:
        if isinstance(node, ast.While):
            body = max(self._block(node.body, self.inside(node, scope)), self._cost(node.test, scope))
            return _while_turns(node, scope.loop).times(body)
        body = self._block([*node.body, *node.orelse], self.inside(node, scope))
        return max(self._cost(node.iter, scope), self._size(node.iter, scope).times(body))

    def _child(self, node: ast.AST, scope: Scope) -> Growth:
        return self.statement(node, scope) if isinstance(node, ast.stmt) else self._cost(node, scope)

    def _cost(self, node: ast.AST, scope: Scope) -> Growth:
        """Of evaluating an expression, or whatever else stands inside a statement."""
        if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            return self._comprehension(node, scope)
        if isinstance(node, ast.Lambda):
            return self._cost(node.body, scope)
        inner = max((self._child(child, scope) for child in ast.iter_child_nodes(node)), default=CONSTANT)
        own = CONSTANT
        if isinstance(node, ast.Call):
            own = self._call(node, scope)
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
            own = CONSTANT if _is_short(node.slice) else self._size(node.value, scope)
        elif isinstance(node, ast.Compare) and any(isinstance(op, ast.In | ast.NotIn) for op in node.ops):
            searched = node.comparators[-1]
            own = LINEAR if isinstance(searched, ast.Name) and searched.id in scope.lists else CONSTANT
        return max(own, inner)

    def _comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp, scope: Scope
    ) -> Growth:
        turns, total = CONSTANT, CONSTANT
        for generator in node.generators:
            total = max(total, turns.times(self._cost(generator.iter, scope)))
            turns = turns.times(self._size(generator.iter, scope))
            scope = replace(scope, parts=scope.parts | set(names_of(generator.target)))
            total = max([total, *(turns.times(self._cost(test, scope)) for test in generator.ifs)])
        made = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        return max([total, *(turns.times(self._cost(part, scope)) for part in made)])

    def _call(self, node: ast.Call, scope: Scope) -> Growth:
        """Of the call itself, its arguments not counted."""
        name = called(node)
        if name in self.functions:
            # All calls of one that remembers cost together what `module` counts it with: each value is made once.
            return CONSTANT if recursion_shape(self.functions[name]).remembers else self.function(name)
        data = node.args[0] if node.args else None
        if isinstance(node.func, ast.Attribute) and name not in ("join", "deepcopy"):
            data = data if isinstance(node.func.value, ast.Name) and node.func.value.id in _MODULES else node.func.value
        size = self._size(data, scope) if data is not None else CONSTANT
        if name in ("sorted", "sort"):
            return size if size == CONSTANT else _SORTING
        if name in _LOGARITHMIC_CALLS:
            return LOGARITHMIC
        if name == "remove" and isinstance(data, ast.Name) and data.id not in scope.lists:
            return CONSTANT  # of a set
        at_front = name == "pop" and len(node.args) == 1 and _constant(node.args[0]) == 0
        whole = name in _LINEAR_CALLS or (name in ("min", "max") and len(node.args) == 1) or at_front
        return size if whole and not isinstance(data, ast.GeneratorExp) else CONSTANT

    def _size(self, node: ast.expr, scope: Scope) -> Growth:
        """How many items a loop over it takes."""
        if isinstance(node, ast.Constant | ast.List | ast.Tuple | ast.Set | ast.Dict):
            return CONSTANT
        if isinstance(node, ast.Name):
            return CONSTANT if node.id in scope.parts else LINEAR
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
            return CONSTANT if _is_short(node.slice) else self._size(node.value, scope)
        if isinstance(node, ast.Subscript) and _is_part(node.slice, scope.parts):
            return CONSTANT  # neighbours of a node, say: all of them together are the data
        return self._call_size(node, scope) if isinstance(node, ast.Call) else LINEAR

    def _call_size(self, node: ast.Call, scope: Scope) -> Growth:
        name = called(node)
        if name == "range":
            if len(node.args) == 3 and _is_part(node.args[2], scope.parts):
                return LOGARITHMIC  # every second, every third, and so on: n/2 + n/3 + ... in all turns around it
            return CONSTANT if all(_constant(arg) is not None for arg in node.args) else LINEAR
        if name in _SAME_SIZE_CALLS and node.args:
            return max(self._size(arg, scope) for arg in node.args)
        if name == "product" and not node.keywords:
            return Growth(power=len(node.args))
        if name in ("combinations", "permutations"):
            chosen = _constant(node.args[1]) if len(node.args) == 2 else None
            return Growth(power=chosen) if isinstance(chosen, int) else _EXPONENTIAL
        return LINEAR


def _with_recursion(shape: RecursionShape, body: Growth) -> Growth:
    """The master theorem for the shapes that occur: one or two calls on a half, or on a little less."""
    if shape.calls == 0:
        return body
    if shape.remembers or shape.over_parts:
        return LINEAR.times(body)
    if shape.in_loop:
        raise UnknownGrowthError("how often it calls itself depends on the data")
    if not shape.halves:
        return LINEAR.times(body) if shape.calls == 1 else _EXPONENTIAL
    if shape.calls == 1:
        return LOGARITHMIC.times(body) if body.power == 0 else body
    if shape.calls > 2:
        raise UnknownGrowthError("more than two halves")
    return LINEAR if body.power == 0 else LOGARITHMIC.times(body) if body.power == 1 else body


@functools.lru_cache(_LOOPS_KEPT)
def _while_turns(node: ast.While, outer: ast.AST | None) -> Growth:
    within = list(walk(node))
    changed = {name: value for inner in within for name, value in _changes(inner)}
    tested = set(names_of(node.test)) or set(changed)
    if any(_shrinks_by_factor(inner) for inner in within if isinstance(inner, ast.AugAssign)):
        return LOGARITHMIC
    middles = {name for name, value in changed.items() if value is not None and any(map(is_halving, walk(value)))}
    if any(
        value is not None and middles & {name, *names_of(value)} for name, value in changed.items() if name in tested
    ):
        return LOGARITHMIC
    assigned = [pair for inner in within if isinstance(inner, ast.Assign) for pair in _changes(inner)]
    if _multiplies_itself([(name, value) for name, value in assigned if value is not None]):
        return LOGARITHMIC
    if outer is not None and tested & set(changed) and not _set_again(outer, node, tested & set(changed)):
        return CONSTANT  # moves on through the whole of the outer loop, never back: paid for once in all its turns
    return LINEAR


def _multiplies_itself(assigned: Sequence[tuple[str, ast.expr]]) -> bool:
    """Whether a name becomes a multiple of what it was, maybe by way of another: child = 2 * node + 1; node = child.

    assigned: names and what they are set to, in one loop.
    """
    flows = {(name, source) for name, value in assigned for source in names_of(value)}
    return any(source == name or (source, name) in flows for name, value in assigned for source in _multiplied(value))


def _multiplied(value: ast.expr) -> Iterator[str]:
    """Names that are multiplied by a whole number of two or more."""
    for node in walk(value):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            for factor, other in ((node.left, node.right), (node.right, node.left)):
                if isinstance(factor, ast.Constant) and isinstance(factor.value, int) and factor.value > 1:
                    yield from names_of(other)


def _set_again(outer: ast.AST, node: ast.While, names: set[str]) -> bool:
    inside = set(walk(node))
    targets = set(names_of(outer.target)) if isinstance(outer, ast.For | ast.AsyncFor) else set()
    for other in walk(outer):
        if other not in inside and isinstance(other, ast.Assign):
            targets.update(name for target in other.targets for name in names_of(target))
    return bool(targets & names)


def _changes(node: ast.AST) -> Iterator[tuple[str, ast.expr | None]]:
    if isinstance(node, ast.Assign):
        for target in node.targets:
            pairs = [(target, node.value)]
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                pairs = list(zip(target.elts, node.value.elts, strict=False))
            yield from ((name, value) for left, value in pairs for name in names_of(left))
    elif isinstance(node, ast.AugAssign):
        yield from ((name, None) for name in names_of(node.target))
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _REMOVERS:
        yield from ((name, None) for name in names_of(node.func.value))


def _shrinks_by_factor(node: ast.AugAssign) -> bool:
    factor = _constant(node.value)
    by_factor = (
        isinstance(node.op, ast.FloorDiv | ast.Div | ast.Mult) and isinstance(factor, int | float) and factor > 1
    )
    return by_factor or isinstance(node.op, ast.RShift | ast.LShift)


def _list_names(scope: ast.AST) -> Iterator[str]:
    """Names that a test with `in` walks through: lists made here, and parameters not used like a dict or set."""
    hashed = {
        node.value.id
        for node in walk(scope)
        if isinstance(node, ast.Attribute) and node.attr in _HASHED_USES and isinstance(node.value, ast.Name)
    }
    for node in walk(scope):
        if isinstance(node, ast.Assign) and (
            isinstance(node.value, _LISTS)
            or (isinstance(node.value, ast.Call) and called(node.value) in ("list", "sorted", "split"))
        ):
            yield from (name for target in node.targets for name in names_of(target))
        elif isinstance(node, ast.arg) and node.arg not in hashed:
            annotation = ast.dump(node.annotation) if node.annotation else "list"
            if "list" in annotation.lower() or "tuple" in annotation.lower() or "Sequence" in annotation:
                yield node.arg


def _text_names(scope: ast.AST) -> Iterator[str]:
    for node in walk(scope):
        if isinstance(node, ast.Assign) and isinstance(_constant(node.value), str):
            yield from (name for target in node.targets for name in names_of(target))


def _puts_in_front(node: ast.stmt, texts: frozenset[str]) -> bool:
    """text = piece + text, which copies all of it; text += piece does not, where nothing else holds the text."""
    if not (isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp) and isinstance(node.value.op, ast.Add)):
        return False
    last = node.value.right
    return isinstance(last, ast.Name) and last.id in texts and last.id in {*names_of(node.targets[0])}


@functools.lru_cache(_LOOPS_KEPT)
def _taken_out(node: ast.While) -> frozenset[str]:
    """Names that a turn of the loop gives what it took out of a queue, a stack or a heap."""
    return frozenset(
        name
        for inner in walk(node)
        if isinstance(inner, ast.Assign) and isinstance(inner.value, ast.Call) and _takes_out(inner.value)
        for target in inner.targets
        for name in names_of(target)
    )


def _takes_out(node: ast.Call) -> bool:
    return called(node) in _REMOVERS or called(node) == "heappop"


def _is_part(index: ast.expr, parts: frozenset[str]) -> bool:
    return (isinstance(index, ast.Name) and index.id in parts) or (isinstance(index, ast.Call) and _takes_out(index))


def _constant(node: ast.AST) -> object:
    return node.value if isinstance(node, ast.Constant) else None


def _is_short(node: ast.Slice) -> bool:
    """A slice of a constant length from the front, such as ``[:3]`` or ``[1:2]``."""
    return _constant(node.upper) is not None if node.upper is not None else False
