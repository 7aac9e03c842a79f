"""Rules on the syntax tree: a task's checks.

    forbid_call CALL          CALL is neither called nor handed on as a value (which cannot be told from a call)
    forbid_import MODULE      neither MODULE nor a part of it is imported
    forbid_name NAME          NAME occurs nowhere as an identifier
    forbid_string TEXT        no str or bytes constant contains TEXT, docstrings included, comments not
    require_call CALL         CALL is called somewhere
    require_import MODULE     MODULE or a part of it is imported
    require_keyword CALL:KEYWORD=VALUE
                              every call of CALL passes KEYWORD with that literal; VALUE * is any value; with ?= in
                              place of =, calls that leave KEYWORD out are right too. No call of CALL at all is right.

CALL is a dotted name such as ``eval`` or ``subprocess.run``. Simple detours are followed without regard to scope and
order: import aliases, ``e = eval``, ``builtins.eval``, ``__builtins__["eval"]``, ``getattr(os, "system")``,
``__import__("os")``, ``vars(os)["system"]``, constants joined with ``+``. A lookup whose name is computed counts as
every name, so the forbidding rules err towards finding a breach: an attempt that names its own function ``eval`` breaks
``forbid_call eval``. Someone who wants to can still dodge such rules; where behaviour can show the bug, a task tests
behaviour as well.
"""

import ast
import builtins
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

_NAMESPACES = {"globals", "locals", "vars"}
_IMPORTERS = {"__import__", "importlib.import_module", "importlib.__import__"}
_MAX_PATHS = 32  # dotted names that one expression may stand for, before it counts as standing for any
_MAX_PARTS = 6  # of a dotted name
_ALIAS_ROUNDS = 4  # how long a chain of aliases written against the order of the source is followed
_ANY = "*"


@dataclass(frozen=True)
class CheckOutcome:
    """line: from 1; 0 if the rule is broken nowhere in particular."""

    passed: bool
    line: int = 0
    detail: str = ""


_KEPT = CheckOutcome(passed=True)


def _broken(node: ast.AST | None, detail: str) -> CheckOutcome:
    return CheckOutcome(passed=False, line=getattr(node, "lineno", 0), detail=detail)


class _Module:
    """One tree, with what its names may stand for."""

    def __init__(self, tree: ast.Module) -> None:
        self.nodes = sorted(ast.walk(tree), key=lambda node: getattr(node, "lineno", 0))
        self.calls = [node for node in self.nodes if isinstance(node, ast.Call)]
        # A variable such as `node` in `node = node.next` stands for nothing that a rule could name.
        self._roots = {*dir(builtins), "__builtins__", *_defined(self.nodes)}
        self._stars = _star_imports(self.nodes)
        self._aliases: dict[str, set[str]] = {}
        self._found: dict[ast.expr, set[str]] | None = None
        self._texts: dict[ast.expr, str | None] = {}
        for _ in range(_ALIAS_ROUNDS):
            for node in self.nodes:
                for name, paths in self._bindings(node):
                    self._aliases[name] = _bounded(self._aliases.get(name, set()) | paths)
        self._found = {}  # only now: what a name stands for no longer changes

    def _bindings(self, node: ast.AST) -> Iterator[tuple[str, set[str]]]:
        if isinstance(node, ast.Import):
            yield from ((alias.asname, {alias.name}) for alias in node.names if alias.asname)
        elif isinstance(node, ast.ImportFrom):
            yield from ((alias.asname or alias.name, {f"{node.module}.{alias.name}"}) for alias in node.names)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                yield from self._assigned(target, node.value)
        elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value is not None:
            yield from self._assigned(node.target, node.value)
        elif isinstance(node, ast.arguments) and node.defaults:
            named = [*node.posonlyargs, *node.args][-len(node.defaults) :]
            yield from ((arg.arg, self.paths(default)) for arg, default in zip(named, node.defaults, strict=True))

    def _assigned(self, target: ast.expr, value: ast.expr) -> Iterator[tuple[str, set[str]]]:
        if isinstance(target, ast.Name):
            yield target.id, self.paths(value)
        elif isinstance(target, ast.Tuple | ast.List) and isinstance(value, ast.Tuple | ast.List):
            for inner_target, inner_value in zip(target.elts, value.elts, strict=False):
                yield from self._assigned(inner_target, inner_value)

    def paths(self, node: ast.expr) -> set[str]:
        """The dotted names that the expression may stand for; builtins without their module's name."""
        if self._found is None:
            return self._paths(node)
        if node not in self._found:
            self._found[node] = self._paths(node)
        return self._found[node]

    def _paths(self, node: ast.expr) -> set[str]:
        found: set[str] = set()
        if isinstance(node, ast.Name):
            found = self._name(node.id)
        elif isinstance(node, ast.Attribute):
            found = _members(self.paths(node.value), node.attr)
        elif isinstance(node, ast.Subscript):
            found = self._subscript(node)
        elif isinstance(node, ast.Call):
            found = self._call(node)
        elif isinstance(node, ast.IfExp):
            found = self.paths(node.body) | self.paths(node.orelse)
        elif isinstance(node, ast.BoolOp):
            found = found.union(*map(self.paths, node.values))
        elif isinstance(node, ast.NamedExpr):
            found = self.paths(node.value)
        return _bounded({_without_builtins(path) for path in found})

    def _name(self, name: str) -> set[str]:
        found = self._aliases.get(name, set()) | {f"{module}.{name}" for module in self._stars}
        return found | {name} if name in self._roots else found

    def text(self, node: ast.expr) -> str | None:
        """The text of a str or bytes constant, or of constants joined by ``+``, f-string or ``"".join``; else None."""
        if node not in self._texts:
            self._texts[node] = self._text(node)
        return self._texts[node]

    def _text(self, node: ast.expr) -> str | None:
        if isinstance(node, ast.Constant):
            if isinstance(node.value, bytes):
                return node.value.decode("latin-1")
            return node.value if isinstance(node.value, str) else None
        parts: list[ast.expr] = []
        joint: str | None = ""
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            parts = [node.left, node.right]
        elif isinstance(node, ast.JoinedStr):
            parts = node.values
        elif isinstance(node, ast.FormattedValue):
            parts = [node.value]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "join":
            joint = self.text(node.func.value)
            if len(node.args) == 1 and isinstance(node.args[0], ast.List | ast.Tuple):
                parts = node.args[0].elts
        texts = [self.text(part) for part in parts]
        if not texts or joint is None or None in texts:
            return None
        return joint.join(text for text in texts if text is not None)

    def _subscript(self, node: ast.Subscript) -> set[str]:
        """``__builtins__["x"]``, ``vars(module)["x"]``, ``module.__dict__["x"]``, ``sys.modules["x"]``."""
        key = self.text(node.slice)
        owners: set[str] = set()
        for path in self.paths(node.value):
            if path == "sys.modules":
                return {key or _ANY}
            if path == "__builtins__":
                owners.add(path)
            elif path.endswith(".__dict__"):
                owners.add(path.removesuffix(".__dict__"))
        return _members(owners, key or _ANY)

    def _call(self, node: ast.Call) -> set[str]:
        """``getattr(x, "name")``, ``__import__("x")``, ``globals()``, ``vars(x)``."""
        called = self.paths(node.func)
        first = node.args[0] if node.args else None
        if "getattr" in called and len(node.args) >= 2:
            return _members(self.paths(node.args[0]), self.text(node.args[1]) or _ANY)
        if called & _IMPORTERS:
            return {(self.text(first) if first else None) or _ANY}
        if called & _NAMESPACES:
            # The module's own namespace reaches the builtins only through the name __builtins__.
            return {f"{path}.__dict__" for path in self.paths(first)} if first else {"__builtins__.__dict__"}
        return set()


def _defined(nodes: Sequence[ast.AST]) -> Iterator[str]:
    """The names that imports without `as`, functions and classes bind."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names if not alias.asname)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name


def _star_imports(nodes: Sequence[ast.AST]) -> set[str]:
    found = (node for node in nodes if isinstance(node, ast.ImportFrom))
    return {str(node.module) for node in found if any(alias.name == "*" for alias in node.names)}


def _bounded(paths: set[str]) -> set[str]:
    # A longer name than any rule's cannot match one; without this bound `a = a.b` would grow without end.
    short = {path for path in paths if path.count(".") < _MAX_PARTS}
    return short if len(short) <= _MAX_PATHS else {_ANY}


def _members(owners: set[str], name: str) -> set[str]:
    return {_ANY if owner == _ANY else f"{owner}.{name}" for owner in owners}


def _without_builtins(path: str) -> str:
    if path == "builtins.__dict__":
        return "__builtins__.__dict__"
    for prefix in ("builtins.", "__builtins__."):
        while path.startswith(prefix) and path != "__builtins__.__dict__":
            path = path[len(prefix) :]
    return path


def _stands_for(paths: set[str], target: str) -> bool:
    return any(
        path == target or (path.endswith(_ANY) and f"{target}".startswith(path.removesuffix(_ANY))) for path in paths
    )


def _forbid_call(module: _Module, target: str) -> CheckOutcome:
    for node in module.nodes:
        if isinstance(node, ast.Name | ast.Attribute | ast.Subscript | ast.Call):
            loaded = isinstance(getattr(node, "ctx", None), ast.Load | None)
            if loaded and _stands_for(module.paths(node), target):
                return _broken(node, f"{target} is called or handed on")
        elif isinstance(node, ast.ImportFrom) and any(f"{node.module}.{alias.name}" == target for alias in node.names):
            return _broken(node, f"{target} is imported")
    return _KEPT


def _imported(module: _Module, target: str) -> ast.AST | None:
    """The first node that imports `target` or a part of it."""
    for node in module.nodes:
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Call | ast.Subscript):
            names = [path for path in module.paths(node) if _is_import(module, node)]
        if any(name == _ANY or f"{name}.".startswith(f"{target}.") for name in names):
            return node
    return None


def _is_import(module: _Module, node: ast.Call | ast.Subscript) -> bool:
    if isinstance(node, ast.Call):
        return bool(module.paths(node.func) & _IMPORTERS)
    return "sys.modules" in module.paths(node.value)


def _forbid_import(module: _Module, target: str) -> CheckOutcome:
    node = _imported(module, target)
    return _broken(node, f"{target} is imported") if node else _KEPT


def _require_import(module: _Module, target: str) -> CheckOutcome:
    return _KEPT if _imported(module, target) else _broken(None, f"{target} is not imported")


def _forbid_name(module: _Module, name: str) -> CheckOutcome:
    for node in module.nodes:
        found = {getattr(node, field, None) for field in ("id", "attr", "arg", "name", "asname")}
        if isinstance(node, ast.alias):
            found.update(node.name.split("."))
        if isinstance(node, ast.Call) and "getattr" in module.paths(node.func) and len(node.args) >= 2:
            found.add(module.text(node.args[1]))
        if name in found:
            return _broken(node, f"the name {name} is used")
    return _KEPT


def _forbid_string(module: _Module, text: str) -> CheckOutcome:
    for node in module.nodes:
        if isinstance(node, ast.expr) and text in (module.text(node) or ""):
            return _broken(node, "a constant contains a forbidden text")
    return _KEPT


def _require_call(module: _Module, target: str) -> CheckOutcome:
    if any(target in module.paths(call.func) for call in module.calls):
        return _KEPT
    return _broken(None, f"{target} is not called")


def _require_keyword(module: _Module, argument: str) -> CheckOutcome:
    wanted = _parse_keyword(argument)
    for call in module.calls:
        if wanted.call not in module.paths(call.func):
            continue
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        value = given.get(wanted.keyword)
        if value is None:
            right = wanted.optional and None not in given  # None: **mapping, which may hold anything
        else:
            right = wanted.dump == _ANY or ast.dump(value) == wanted.dump
        if not right:
            return _broken(call, f"{wanted.call} is called without {wanted.text}")
    return _KEPT


@dataclass(frozen=True)
class _Keyword:
    call: str
    keyword: str
    text: str
    dump: str  # of the value's syntax tree
    optional: bool


def _parse_keyword(argument: str) -> _Keyword:
    match = re.fullmatch(r"([\w.]+):(\w+)(\??)=(.+)", argument)
    if not match:
        raise ValueError(f"require_keyword takes CALL:KEYWORD=VALUE, not {argument!r}")
    call, keyword, optional, value = match.groups()
    try:
        ast.literal_eval("None" if value == _ANY else value)
    except (ValueError, SyntaxError) as error:
        raise ValueError(f"require_keyword takes a literal, not {value!r}") from error
    dump = _ANY if value == _ANY else ast.dump(ast.parse(value, mode="eval").body)
    return _Keyword(call, keyword, f"{keyword}={value}", dump, bool(optional))


RULES: dict[str, Callable[[_Module, str], CheckOutcome]] = {
    "forbid_call": _forbid_call,
    "forbid_import": _forbid_import,
    "forbid_name": _forbid_name,
    "forbid_string": _forbid_string,
    "require_call": _require_call,
    "require_import": _require_import,
    "require_keyword": _require_keyword,
}
"""Every rule by its name in task.yaml."""


def validate_rule(rule: str, argument: str) -> None:
    """Raises:
    ValueError: there is no such rule, or it does not take such an argument.
    """
    if rule not in RULES:
        raise ValueError(f"no rule {rule!r}; there are {', '.join(RULES)}")
    if rule == "require_keyword":
        _parse_keyword(argument)
    elif rule == "forbid_string":
        if not argument:
            raise ValueError("forbid_string takes a text that is not empty")
    elif not re.fullmatch(r"[^\W\d]\w*(\.[^\W\d]\w*)*", argument):
        raise ValueError(f"{rule} takes a dotted name, not {argument!r}")


def run_checks(tree: ast.Module, rules: Sequence[tuple[str, str]]) -> list[CheckOutcome]:
    """One outcome for each (rule, argument), in their order. A rule that cannot be evaluated counts as broken."""
    if not rules:
        return []
    try:
        module = _Module(tree)
    except RecursionError:
        return [_broken(None, "nested too deeply to check") for _ in rules]
    return [_run(module, rule, argument) for rule, argument in rules]


def _run(module: _Module, rule: str, argument: str) -> CheckOutcome:
    try:
        validate_rule(rule, argument)
        return RULES[rule](module, argument)
    except RecursionError:
        return _broken(None, "nested too deeply to check")
    except ValueError as error:
        # A mistake of the task's author: the reference breaks the rule too, so that verifying the task shows it.
        return _broken(None, str(error))
