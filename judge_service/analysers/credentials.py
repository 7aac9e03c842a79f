"""Hard-coded credentials that bandit's name patterns miss. Runs in workers only.

Bandit looks at strings next to names like password, token and secret. It misses keys (`api_key = "..."`), a credential
that a function simply returns (`def get_api_token(): return "..."`), and one whose own form gives it away.
"""

import ast
import re
from collections.abc import Iterator

RULE = "CA101"
"""The rule's id, in the manner of bandit's."""

_KEY_NAME = re.compile(r"(^|_)((api|access|auth|private|encryption|signing)_?key|credentials?)(_|$)", re.IGNORECASE)
_GETTER_NAME = re.compile(
    r"(get|load|read|fetch|make)_(\w+_)?(token|secret|password|passwd|api_?key|credentials?)", re.IGNORECASE
)
_FORMAT = re.compile(
    r"sk-[\w-]{6,}|gh[opsu]_\w{16,}|github_pat_\w{16,}|AKIA[0-9A-Z]{12,}|xox[abprs]-[\w-]{8,}|hf_\w{16,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY|eyJ[\w-]{8,}\.eyJ[\w-]{8,}\."
)
_VARIABLE_NAME = re.compile(r"[A-Z]+(_[A-Z]+)+")
_SECRET = re.compile(r"\S{6,}")


def names_a_variable(value: str) -> bool:
    """True for what looks like the name of an environment variable ("API_TOKEN"): where to find a secret, not one."""
    return _VARIABLE_NAME.fullmatch(value) is not None


def hard_coded(tree: ast.AST) -> Iterator[int]:
    """Lines of string literals that are credentials by their form, or by what they are bound to or returned from."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _FORMAT.match(node.value):
            yield node.lineno
        for name, value in _bindings(node):
            if _KEY_NAME.search(name) and _is_secret(value):
                yield value.lineno
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _GETTER_NAME.fullmatch(node.name):
            yield from (value.lineno for value in _returned(node) if _is_secret(value, with_digit=True))


def _bindings(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """(name, value) of assignments, keyword arguments and dict items."""
    if isinstance(node, ast.Assign):
        yield from ((_name(target), node.value) for target in node.targets)
    elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value is not None:
        yield _name(node.target), node.value
    elif isinstance(node, ast.keyword):
        yield node.arg or "", node.value
    elif isinstance(node, ast.Dict):
        yield from ((_name(key), value) for key, value in zip(node.keys, node.values, strict=True))


def _name(node: ast.expr | None) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Constant(value=str(name)):
            return name
        case ast.Subscript(slice=ast.Constant(value=str(name))):
            return name
    return ""


def _returned(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.expr]:
    return (node.value for node in ast.walk(function) if isinstance(node, ast.Return) and node.value is not None)


def _is_secret(node: ast.expr, with_digit: bool = False) -> bool:
    """A string of six or more characters without spaces that is no environment variable's name.

    with_digit: ask for a digit as well, where the name says little (a lexer's get_token returns "NUMBER").
    """
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and _SECRET.fullmatch(node.value) is not None
        and not names_a_variable(node.value)
        and (not with_digit or any(letter.isdigit() for letter in node.value))
    )
