"""Finding what is called in a right program."""

import ast

from codearena.tasks.importers.item import RefusedError


def entry_of(source: str, function: str) -> str:
    """The entry point of a function that is one of the module, or a method of its class `Solution` or its only one.

    Raises:
        RefusedError: the program does not parse, or defines no such function.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError) as error:
        raise RefusedError(f"solution: is no program of Python 3: {error}") from error
    if any(isinstance(node, ast.FunctionDef) and node.name == function for node in tree.body):
        return function
    owners = [node for node in tree.body if isinstance(node, ast.ClassDef) and function in _methods(node)]
    for owner in sorted(owners, key=lambda each: each.name != "Solution"):
        return f"{owner.name}().{function}"
    raise RefusedError(f"solution: defines no {function}")


def method_of(source: str) -> str:
    """The entry point of a class `Solution` that has one public method, or whose last one is what is called.

    Raises:
        RefusedError: the program does not parse, or has no such class.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError) as error:
        raise RefusedError(f"solution: is no program of Python 3: {error}") from error
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name == "Solution":
            public = [name for name in _methods(node) if not name.startswith("_")]
            if public:
                return f"Solution().{public[-1] if len(public) == 1 else _uncalled(node, public)}"
    raise RefusedError("solution: has no class Solution with a method")


def parameters_of(source: str, method: str) -> list[str]:
    """Names of the arguments of a method of the class `Solution`, but for the object itself."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and node.name == method:
            return [each.arg for each in node.args.args if each.arg != "self"]
    return []


def _methods(owner: ast.ClassDef) -> list[str]:
    return [node.name for node in owner.body if isinstance(node, ast.FunctionDef)]


def _uncalled(owner: ast.ClassDef, names: list[str]) -> str:
    """The one that no other method calls; the first of several."""
    called = {node.attr for node in ast.walk(owner) if isinstance(node, ast.Attribute)}
    return next((name for name in names if name not in called), names[0])
