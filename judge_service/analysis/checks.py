"""Rules on the syntax tree: a task's checks.

    forbid_call CALL          CALL is neither called nor handed on as a value (which cannot be told from a call)
    forbid_import MODULE      neither MODULE nor a part of it is imported
    forbid_name NAME          NAME occurs nowhere as an identifier
    forbid_definition NAMES   the module gives none of the names, with commas between them, a meaning of its own: by
                              def, class, import, assignment, or a `global` statement of a function
    forbid_string TEXT        no str or bytes constant contains TEXT, docstrings included, comments not
    require_call CALL         CALL is called somewhere
    require_import MODULE     MODULE or a part of it is imported
    require_keyword CALL:KEYWORD=VALUE
                              every call of CALL passes KEYWORD with that literal; VALUE * is any value; with ?= in
                              place of =, calls that leave KEYWORD out are right too. No call of CALL at all is right.

CALL is a dotted name such as ``eval`` or ``subprocess.run``. Simple detours are followed without regard to scope and
order: import aliases, ``e = eval``, ``builtins.eval``, ``__builtins__["eval"]``, ``getattr(os, "system")``,
``__import__("os")``, ``vars(os)["system"]``, ``attrgetter("system")(os)``, ``print.__self__``, constants joined with
``+``. A lookup whose name is computed counts as every name, and a module that is handed on as a whole with all that it
has, so the forbidding rules err towards finding a breach: an attempt that names its own function ``eval`` breaks
``forbid_call eval``. Someone who wants to can still dodge what is read from a tree. ``forbid_call`` of eval, exec,
compile, os.system, input and breakpoint is therefore kept while the source runs, too (rules.py); of all other rules a
task tests the behaviour as well, where behaviour can show the bug.
"""

import ast
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from codearena.v1.executor_pb2 import CheckOutcome
from judge_service.analysis.definitions import definitions
from judge_service.analysis.references import ANY, IMPORTERS, Module, stands_for

_KEPT = CheckOutcome(passed=True)


def _broken(node: ast.AST | None, detail: str) -> CheckOutcome:
    return CheckOutcome(passed=False, line=getattr(node, "lineno", 0), detail=detail)


def _forbid_call(module: Module, target: str) -> CheckOutcome:
    for node in module.nodes:
        if isinstance(node, ast.Name | ast.Attribute | ast.Subscript | ast.Call):
            loaded = isinstance(getattr(node, "ctx", None), ast.Load | None)
            if loaded and stands_for(module.paths(node), target):
                return _broken(node, f"{target} is called or handed on")
        elif isinstance(node, ast.ImportFrom) and any(f"{node.module}.{alias.name}" == target for alias in node.names):
            return _broken(node, f"{target} is imported")
    owner = target.rpartition(".")[0] or "builtins"
    whole = module.handed_on(owner)
    return _broken(whole, f"{owner} is handed on, and {target} with it") if whole else _KEPT


def _imported(module: Module, target: str) -> ast.AST | None:
    """The first node that imports `target` or a part of it."""
    for node in module.nodes:
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Call | ast.Subscript):
            names = [path for path in module.paths(node) if _is_import(module, node)]
        if any(name == ANY or f"{name}.".startswith(f"{target}.") for name in names):
            return node
    return None


def _is_import(module: Module, node: ast.Call | ast.Subscript) -> bool:
    if isinstance(node, ast.Call):
        return bool(module.paths(node.func) & IMPORTERS)
    return "sys.modules" in module.paths(node.value)


def _forbid_import(module: Module, target: str) -> CheckOutcome:
    node = _imported(module, target)
    return _broken(node, f"{target} is imported") if node else _KEPT


def _require_import(module: Module, target: str) -> CheckOutcome:
    return _KEPT if _imported(module, target) else _broken(None, f"{target} is not imported")


def _forbid_name(module: Module, name: str) -> CheckOutcome:
    for node in module.nodes:
        found = {getattr(node, field, None) for field in ("id", "attr", "arg", "name", "asname")}
        if isinstance(node, ast.alias):
            found.update(node.name.split("."))
        if isinstance(node, ast.Call) and "getattr" in module.paths(node.func) and len(node.args) >= 2:
            found.add(module.text(node.args[1]))
        if name in found:
            return _broken(node, f"the name {name} is used")
    return _KEPT


def _forbid_definition(module: Module, argument: str) -> CheckOutcome:
    names = set(argument.split(","))
    for node, name in definitions(module.tree):
        if name in names:
            return _broken(node, f"{name} is defined")
    return _KEPT


def _forbid_string(module: Module, text: str) -> CheckOutcome:
    for node in module.nodes:
        if isinstance(node, ast.expr) and text in (module.text(node) or ""):
            return _broken(node, "a constant contains a forbidden text")
    return _KEPT


def _require_call(module: Module, target: str) -> CheckOutcome:
    if any(target in module.paths(call.func) for call in module.calls):
        return _KEPT
    return _broken(None, f"{target} is not called")


def _require_keyword(module: Module, argument: str) -> CheckOutcome:
    wanted = _parse_keyword(argument)
    for call in module.calls:
        if wanted.call not in module.paths(call.func):
            continue
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        value = given.get(wanted.keyword)
        if value is None:
            right = wanted.optional and None not in given  # None: **mapping, which may hold anything
        else:
            right = wanted.dump == ANY or ast.dump(value) == wanted.dump
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
        ast.literal_eval("None" if value == ANY else value)
    except (ValueError, SyntaxError) as error:
        raise ValueError(f"require_keyword takes a literal, not {value!r}") from error
    dump = ANY if value == ANY else ast.dump(ast.parse(value, mode="eval").body)
    return _Keyword(call, keyword, f"{keyword}={value}", dump, bool(optional))


RULES: dict[str, Callable[[Module, str], CheckOutcome]] = {
    "forbid_call": _forbid_call,
    "forbid_import": _forbid_import,
    "forbid_name": _forbid_name,
    "forbid_definition": _forbid_definition,
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
    elif rule == "forbid_definition":
        if not all(name.isidentifier() for name in argument.split(",")):
            raise ValueError(f"forbid_definition takes names with commas between them, not {argument!r}")
    elif not re.fullmatch(r"[^\W\d]\w*(\.[^\W\d]\w*)*", argument):
        raise ValueError(f"{rule} takes a dotted name, not {argument!r}")


def run_checks(tree: ast.Module, rules: Sequence[tuple[str, str]]) -> list[CheckOutcome]:
    """One outcome for each (rule, argument), in their order. A rule that cannot be evaluated counts as broken."""
    if not rules:
        return []
    try:
        module = Module(tree)
    except RecursionError:
        return [_broken(None, "nested too deeply to check") for _ in rules]
    return [_run(module, rule, argument) for rule, argument in rules]


def _run(module: Module, rule: str, argument: str) -> CheckOutcome:
    try:
        validate_rule(rule, argument)
        return RULES[rule](module, argument)
    except RecursionError:
        return _broken(None, "nested too deeply to check")
    except ValueError as error:
        # A mistake of the task's author: the reference breaks the rule too, so that verifying the task shows it.
        return _broken(None, str(error))
