"""The audit hook that sees a rule broken, in the process of the source that breaks it.

It holds on to nothing that the source could change. The functions here use no globals, no closures and no builtins, but
what stands in their own defaults, and those can be reached through the functions alone, which takes a listing of all
objects. That, like all else that reaches past the language into the interpreter's memory (ctypes, code made by hand,
another interpreter, a library that is not Python's), counts as the rule broken.

Text that is run as code is told from what the standard library does for honest sources by who runs it and by the code
itself, since a function of the library runs whatever it is handed. A frame tells who: nothing can run that has given
itself another name, or it would have been seen before.
"""

import _imp
import collections
import dataclasses
import importlib
import marshal
import mmap
import opcode
import os
import sys
import types
import typing
from collections.abc import Callable, Iterator, Sequence
from io import FileIO
from types import CodeType
from typing import Any

TEXT_AS_CODE = "exec"
"""The event of `eval` and `exec`, and of all that runs text by them: timeit, pickle, a module that was just written."""
POWERS = frozenset({"ctypes", "_ctypes", "_interpreters", "_xxsubinterpreters", "_xxinterpreters"})
"""Modules that reach past the language."""

_REACHES = {
    "gc.get_objects",
    "gc.get_referrers",
    "gc.get_referents",
    "sys._current_frames",
    "sys._current_exceptions",
    "sys.remote_exec",
    "cpython.PyInterpreterState_New",
    "code.__new__",
}
_LIBRARY = os.path.dirname(str(os.__file__)) + os.sep
_PYC_END, _PYC_HEADER_BYTES = f".{sys.implementation.cache_tag}.pyc", 16
_GATHERS = ("BUILD_LIST", "BUILD_SET", "LIST_EXTEND", "LIST_APPEND", "SET_ADD", "MAP_ADD", "FOR_ITER", "IMPORT_NAME")
_MAPS = ("BUILD_MAP", "BUILD_CONST_KEY_MAP")

Operations = frozenset[int]
Allowed = Callable[[tuple[Any, ...], CodeType, tuple[CodeType, ...]], bool]
"""Whether an event may come about. Arguments: its own, the code that runs, the source's code with the whole first."""


def _code_at(owner: object, path: str) -> CodeType | None:
    for name in path.split("."):
        owner = getattr(owner, name, None)
    return getattr(owner, "__code__", None)


def _makers() -> Iterator[tuple[CodeType, Operations]]:
    """The functions of the library that write code out of names, and the operations that such code never has."""
    for owner, path, names in (
        (collections, "namedtuple", _GATHERS + _MAPS),
        (typing, "ForwardRef._evaluate", _GATHERS + _MAPS),
        (dataclasses, "_create_fn", _GATHERS),  # a map of defaults is part of a function with keywords
        (dataclasses, "_FuncBuilder.add_fns_to_class", _GATHERS),  # from Python 3.13 on
    ):
        if code := _code_at(owner, path):
            yield code, frozenset(opcode.opmap[name] for name in names if name in opcode.opmap)


def _loaders() -> Iterator[CodeType]:
    """The functions that run what was read from a module's file."""
    importing = importlib.import_module("_frozen_importlib")
    for path in ("_call_with_frames_removed", "FrozenImporter.exec_module"):
        if code := _code_at(importing, path):
            yield code


def _is_plain(
    code: CodeType,
    refused: Operations,
    *,
    kind: type = type,
    code_type: type = CodeType,
    several: tuple[type, ...] = (tuple, frozenset),
    bare: tuple[type, ...] = (str, bool, type(None)),
) -> bool:
    """True for code of names and texts alone, which holds no data: as that of a data class or a named tuple."""
    pending: list[Any] = [code]
    while pending:
        one = pending.pop()
        if kind(one) is code_type:
            if not refused.isdisjoint(one.co_code[::2]):
                return False
            pending.extend(one.co_consts)
        elif kind(one) in several:
            pending.extend(one)
        elif kind(one) not in bare:
            return False
    return True


def _is_of_library(
    code: CodeType,
    *,
    library: str = _LIBRARY,
    end: str = _PYC_END,
    header_bytes: int = _PYC_HEADER_BYTES,
    read: Callable[[str], Any] = FileIO,
    loads: Callable[[bytes], object] = marshal.loads,
    build: Callable[..., object] = compile,
    frozen: Callable[[str], object] = _imp.get_frozen_object,
    failures: tuple[type[BaseException], ...] = (ImportError, OSError, ValueError, EOFError, TypeError),
) -> bool:
    """True for what a file of the standard library holds; that it names one is not enough."""
    path = code.co_filename
    folder, _, name = path.rpartition("/")
    try:
        if path.startswith("<frozen "):
            return frozen(path[8:-1]) == code
        if not path.startswith(library) or "/../" in path or "-packages/" in path:
            return False
        if loads(read(f"{folder}/__pycache__/{name[:-3]}{end}").readall()[header_bytes:]) == code:
            return True
    except failures:
        pass
    try:
        return path.startswith(library) and build(read(path).readall(), path, "exec", dont_inherit=True) == code
    except failures:
        return False


def _may_run(
    args: tuple[Any, ...],
    caller: CodeType,
    source: tuple[CodeType, ...],
    *,
    loaders: tuple[CodeType, ...] = tuple(_loaders()),
    makers: tuple[tuple[CodeType, Operations], ...] = tuple(_makers()),
    is_of_library: Callable[[CodeType], bool] = _is_of_library,
    is_plain: Callable[[CodeType, Operations], bool] = _is_plain,
) -> bool:
    """Of exec and eval."""
    if args[0] is source[0]:
        return True
    for loader in loaders:
        if loader is caller:
            return is_of_library(args[0])
    for maker, refused in makers:
        if maker is caller:
            return is_plain(args[0], refused)
    return False


def _may_make(args: tuple[Any, ...], caller: CodeType, source: tuple[CodeType, ...]) -> bool:
    """Of functions made by hand: of code that stands in the source."""
    for code in source:  # noqa: SIM110 - `any` is a builtin
        if code is args[-1]:
            return True
    return False


def _may_set(
    args: tuple[Any, ...],
    caller: CodeType,
    source: tuple[CodeType, ...],
    *,
    may_make: Allowed = _may_make,
    coroutine: CodeType = types.coroutine.__code__,
) -> bool:
    """Of attributes."""
    return args[1] != "__code__" or caller is coroutine or may_make(args, caller, source)


def _may_write(
    args: tuple[Any, ...],
    caller: CodeType,
    source: tuple[CodeType, ...],
    *,
    coroutine: CodeType = types.coroutine.__code__,
) -> bool:
    """Of code made by hand: no more than a flag of it, which the library changes."""
    return caller is coroutine


def _may_import(
    args: tuple[Any, ...],
    caller: CodeType,
    source: tuple[CodeType, ...],
    *,
    powers: frozenset[str] = POWERS,
    library: str = _LIBRARY,
) -> bool:
    """Of modules; args[1]: the file of one that is machine code, once it was found."""
    name, file = args[0], args[1]
    if name.partition(".")[0] in powers or name.startswith("_test"):
        return False
    return not file or file.startswith(library)


def _known(code: CodeType) -> Iterator[CodeType]:
    """The code, and all that is defined in it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _known(constant)


def make(places: Sequence[tuple[str, int]], code: CodeType, page: mmap.mmap) -> Callable[[str, tuple[Any, ...]], None]:
    """The hook. places: the events that break a rule, each with its byte of the page; code: of the source."""
    judges: dict[str, Allowed] = {"import": _may_import, "code.__new__": _may_write}
    events = {event for event, _ in places}
    if TEXT_AS_CODE in events:
        judges |= {"exec": _may_run, "function.__new__": _may_make, "object.__setattr__": _may_set}

    def hook(
        event: str,
        args: tuple[Any, ...],
        *,
        watched: frozenset[str] = frozenset({*events, *_REACHES, *judges}),
        judges: tuple[tuple[str, Allowed], ...] = tuple(judges.items()),
        source: tuple[CodeType, ...] = tuple(_known(code)),
        places: tuple[tuple[str, int], ...] = tuple(places),
        page: mmap.mmap = page,
        frame: Callable[[int], types.FrameType] = sys._getframe,
    ) -> None:
        if event not in watched and not event.startswith("ctypes."):
            return
        for name, allowed in judges:
            if name == event and allowed(args, frame(1).f_code, source):
                return
        for name, place in places:
            if name == event:
                page[place] = 1
                return
        page[places[0][1]] = 1

    return hook
