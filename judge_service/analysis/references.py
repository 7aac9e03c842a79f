"""What the names and expressions of a tree may stand for, as far as it can be told without running anything."""

import ast
import builtins
import functools
from collections.abc import Iterator, Sequence

IMPORTERS = {"__import__", "importlib.import_module", "importlib.__import__"}
ANY = "*"
"""At the end of a dotted name, or in its place: a name that is made up while the source runs."""
BUILTINS = {"builtins", "__builtins__", "__builtins__.__dict__"}
"""The module of the builtins, and its namespace."""

_NAMESPACES = {"globals", "locals", "vars"}
_OWN = "<module>"  # whose namespace has the name __builtins__, and no builtin else
_GETTERS = {"operator.attrgetter", "operator.itemgetter"}
_LOOKUPS = {"get", "pop", "setdefault", "__getitem__", "__getattribute__", "__getattr__"}
_WHOLE = {"__builtins__": "__builtins__", "f_builtins": "__builtins__", "__globals__": f"{_OWN}.__dict__"}
_WHOLE["f_globals"] = _WHOLE["__globals__"]
_MAX_PATHS = 32  # dotted names that one expression may stand for, before it counts as standing for any
_MAX_PARTS = 6  # of a dotted name
_ALIAS_ROUNDS = 4  # how long a chain of aliases written against the order of the source is followed


class Module:
    """One tree, with what its names may stand for."""

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
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
            found = self._attribute(node)
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

    def _attribute(self, node: ast.Attribute) -> set[str]:
        """``module.name``; of anything ``__globals__`` and the like, and the module that a builtin is bound to."""
        owners = self.paths(node.value)
        if node.attr in _WHOLE:
            return {_WHOLE[node.attr]}
        if node.attr == "__self__" and not owners.isdisjoint(dir(builtins)):
            return {"builtins"}
        return _members(owners, node.attr)

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
        owners = self.paths(node.value)
        return {key or ANY} if "sys.modules" in owners else self._in_namespaces(owners, node.slice)

    def _in_namespaces(self, paths: set[str], key: ast.expr) -> set[str]:
        """What the namespaces among `paths` hold under the key."""
        owners = {"builtins" if path in BUILTINS else path.removesuffix(".__dict__") for path in paths & _spaces(paths)}
        return _members(owners, self.text(key) or ANY)

    def _call(self, node: ast.Call) -> set[str]:
        """``getattr(x, "name")``, ``vars(x).get("name")``, ``__import__("x")``, ``globals()``, ``vars(x)``."""
        called = self.paths(node.func)
        first = node.args[0] if node.args else None
        if "getattr" in called and len(node.args) >= 2:
            return _members(self.paths(node.args[0]), self.text(node.args[1]) or ANY)
        if "operator.getitem" in called and len(node.args) >= 2:
            return self._in_namespaces(self.paths(node.args[0]), node.args[1])
        if called & IMPORTERS:
            return {(self.text(first) if first else None) or ANY}
        if called & _NAMESPACES:
            return {f"{path}.__dict__" for path in self.paths(first)} if first else {f"{_OWN}.__dict__"}
        return self._got(node, first) if first else set()

    def _got(self, node: ast.Call, first: ast.expr) -> set[str]:
        """``vars(x).get("name")``, ``x.__getattribute__("name")``, ``operator.attrgetter("name")(x)``."""
        if isinstance(node.func, ast.Attribute) and node.func.attr in _LOOKUPS:
            owners = self.paths(node.func.value)
            if node.func.attr in ("__getattribute__", "__getattr__"):
                return _members(owners, self.text(first) or ANY)
            return self._in_namespaces(owners, first)
        if isinstance(node.func, ast.Call) and node.func.args and self.paths(node.func.func) & _GETTERS:
            owners = {path.removesuffix(".__dict__") for path in self.paths(first)}
            return _members(owners, self.text(node.func.args[0]) or ANY)
        return set()

    def handed_on(self, owner: str) -> ast.expr | None:
        """Where the module `owner`, or its namespace, is used as a whole: whoever has it has every name in it."""
        whole = BUILTINS if owner == "builtins" else {owner, f"{owner}.__dict__"}
        for node in self.nodes:
            if isinstance(node, ast.Name | ast.Attribute | ast.Subscript | ast.Call | ast.IfExp | ast.BoolOp):
                loaded = isinstance(getattr(node, "ctx", None), ast.Load | None)
                if loaded and node not in self.followed and self.paths(node) & whole:
                    return node
        return None

    @functools.cached_property
    def followed(self) -> set[ast.expr]:
        """The expressions of which it is known where they go: a name in them, or an alias, is looked up here."""
        return {part for node in self.nodes for part in self._followed(node)}

    def _followed(self, node: ast.AST) -> Iterator[ast.expr]:
        if isinstance(node, ast.Attribute):
            if node.attr in _LOOKUPS or not _spaces(self.paths(node.value)):
                yield node.value
        elif isinstance(node, ast.Subscript | ast.Expr | ast.NamedExpr | ast.Assign | ast.AnnAssign):
            yield from (node.value,) if node.value is not None else ()
        elif isinstance(node, ast.IfExp):
            yield from (node.body, node.orelse)
        elif isinstance(node, ast.BoolOp):
            yield from node.values
        elif isinstance(node, ast.arguments):
            yield from node.defaults
        elif isinstance(node, ast.Call) and node.args and self._call(node):
            yield node.args[0]


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
    return short if len(short) <= _MAX_PATHS else {ANY}


def _members(owners: set[str], name: str) -> set[str]:
    return {ANY if owner == ANY else f"{owner}.{name}" for owner in owners}


def _spaces(paths: set[str]) -> set[str]:
    """The namespaces among them; a module's name __builtins__ may stand for either."""
    return {path for path in paths if path == "__builtins__" or path.endswith(".__dict__")}


def _without_builtins(path: str) -> str:
    if path == "builtins.__dict__":
        return "__builtins__.__dict__"
    for prefix in ("builtins.", "__builtins__.", f"{_OWN}."):
        while path.startswith(prefix) and path not in ("__builtins__.__dict__", f"{_OWN}.__dict__"):
            path = path[len(prefix) :]
    return path


def stands_for(paths: set[str], target: str) -> bool:
    """Whether one of the dotted names is the target, or may be."""
    return any(
        path == target or (path.endswith(ANY) and f"{target}".startswith(path.removesuffix(ANY))) for path in paths
    )
