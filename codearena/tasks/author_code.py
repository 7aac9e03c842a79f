"""The author's code that a record carries as text: `make_input` of its probe, and the makers of its cases.

It runs in the process that asks for it, with all of that process's rights. So it may only be asked for of tasks whose
author is trusted: those that the operator has put where tasks are read from.
"""

import ast
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

MakeInput = Callable[[int, random.Random], tuple[Any, ...]]
"""Makes an input of a size: positional arguments."""
MakeCase = Callable[[random.Random], object]
"""Makes the inputs of one test: a tuple of positional arguments, or {"args": tuple, "kwargs": dict}."""


@dataclass(frozen=True)
class ProbeInputs:
    """What makes the inputs of a probe; the fields are those of `Probe`."""

    sizes: list[int]
    make_input: MakeInput
    vary: int | None = None
    lend: int | None = None


def names_in(source: str) -> set[str]:
    """What the source binds at its top level, as far as can be read: it is not run.

    Raises:
        ValueError: it does not compile.
    """
    try:
        compile(source, "<source>", "exec")
        tree = ast.parse(source)
    except SyntaxError as error:
        raise ValueError(f"line {error.lineno}: {error.msg}") from error
    except (RecursionError, MemoryError) as error:
        raise ValueError("is nested too deeply to be compiled") from error
    return {name for node in ast.walk(tree) for name in _bound(node)}


def _bound(node: ast.AST) -> list[str]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [node.name]
    if isinstance(node, ast.alias):
        return [(node.asname or node.name).partition(".")[0]]
    return [node.id] if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) else []


def make_input_of(source: str) -> MakeInput:
    """Raises ValueError: the code raises, or has no function make_input."""
    make_input: MakeInput | None = _run(source, "probe").get("make_input")
    if not callable(make_input):
        raise ValueError("has no function make_input")
    return make_input


def makers_of(source: str) -> Mapping[str, MakeCase]:
    """Every function of the source, by name. Raises ValueError: the code raises."""
    return {name: value for name, value in _run(source, "cases").items() if callable(value)}


def _run(source: str, name: str) -> dict[str, Any]:
    module = ModuleType(name)
    try:
        exec(compile(source, f"{name}.py", "exec"), module.__dict__)
    except Exception as error:  # whatever the author's code raises is the author's mistake
        raise ValueError(f"{type(error).__name__}: {error}") from error
    return module.__dict__
