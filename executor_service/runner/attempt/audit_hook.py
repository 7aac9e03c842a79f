"""The audit hook that sees a rule broken, in the process of the source that breaks it.

It holds on to nothing that the source could change. The functions here use no globals, no closures and no builtins, but
what stands in their own defaults, and those can be reached through the functions alone, which takes a listing of all
objects. That, like all else that reaches past the language into the interpreter's memory (ctypes, code made by hand,
another interpreter, a library that is not Python's), counts as the rule broken.

A function's variables can be reached by what runs while it does, or finds its frame in a traceback. So nothing of the
source runs inside of the hook, and no exception leaves it: handlers of signals are refused by the kernel, the garbage
collector is off from the first event on, another audit hook is a rule broken, and of an object that may be the source's
nothing is asked but its type.

Text that is run as code is told from what the standard library does for honest sources by who runs it and by the code
itself, since a function of the library runs whatever it is handed. A frame tells who: nothing can run that has given
itself another name, or it would have been seen before.
"""

import _imp
import collections
import dataclasses
import functools
import gc
import importlib
import marshal
import mmap
import opcode
import operator
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

_CTYPES = (
    *("PyObj_FromPtr", "addressof", "call_function", "cdata", "cdata/buffer", "create_string_buffer"),
    *("create_unicode_buffer", "dlopen", "dlsym", "dlsym/handle", "get_errno", "memoryview_at", "seh_exception"),
    *("set_errno", "set_exception", "string_at", "wstring_at"),
)
_REACHES = {
    *(f"ctypes.{name}" for name in _CTYPES),
    *("gc.get_objects", "gc.get_referrers", "gc.get_referents", "sys._current_frames", "sys._current_exceptions"),
    *("sys.addaudithook", "sys.remote_exec", "cpython.PyInterpreterState_New", "code.__new__"),
}
_LIBRARY = os.path.dirname(str(os.__file__)) + os.sep
_PYC_END, _PYC_HEADER_BYTES = f".{sys.implementation.cache_tag}.pyc", 16
_GATHERS = ("BUILD_LIST", "BUILD_SET", "BUILD_MAP", "LIST_EXTEND", "LIST_APPEND", "SET_ADD", "MAP_ADD", "IMPORT_NAME")
_DEFAULTS = ("BUILD_CONST_KEY_MAP",)
_CALLS = ("CALL", "PRECALL", "CALL_KW", "CALL_FUNCTION_EX")
_METHODS = frozenset({"__create_fn__", "__class__", "__qualname__", "__setattr__", "__delattr__", "__post_init__"})

Plain = tuple[frozenset[int], frozenset[int], frozenset[str] | None]
"""What code of names never does, what it does only where it makes its functions, and which global names it uses.

None: any of them.
"""
Hook = Callable[[str, tuple[Any, ...]], object]
Allowed = Callable[[tuple[Any, ...], CodeType, tuple[CodeType, ...]], bool]
"""Whether an event may come about. Arguments: its own, the code that runs, what is known: `codes` of `make` first."""


def _code_at(owner: object, path: str) -> CodeType | None:
    for name in path.split("."):
        owner = getattr(owner, name, None)
    return getattr(owner, "__code__", None)


def _operations(*names: str) -> frozenset[int]:
    return frozenset(opcode.opmap[name] for name in names if name in opcode.opmap)


def _makers() -> Iterator[tuple[CodeType, Plain]]:
    """The functions of the library that write code out of names, and what such code is like."""
    nothing, defaults = _operations(), _operations(*_DEFAULTS)
    of_tuple = (_operations(*_GATHERS, *_DEFAULTS), nothing, frozenset({"_tuple_new"}))
    of_hint = (_operations(*_GATHERS, *_DEFAULTS, *_CALLS), nothing, None)
    of_class = (_operations(*_GATHERS), defaults, frozenset({"NotImplemented", "hash", "super", "type"}))
    for owner, path, plain in (
        (collections, "namedtuple", of_tuple),
        (typing, "ForwardRef._evaluate", of_hint),
        (dataclasses, "_create_fn", of_class),
        (dataclasses, "_FuncBuilder.add_fns_to_class", of_class),  # from Python 3.13 on
    ):
        if code := _code_at(owner, path):
            yield code, plain


def _loaders() -> Iterator[CodeType]:
    """The functions that run what was read from a module's file."""
    importing = importlib.import_module("_frozen_importlib")
    for path in ("_call_with_frames_removed", "FrozenImporter.exec_module"):
        if code := _code_at(importing, path):
            yield code


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


def _is_plain(
    code: CodeType,
    plain: Plain,
    *,
    kind: type = type,
    code_type: type = CodeType,
    several: tuple[type, ...] = (tuple, frozenset),
    bare: tuple[type, ...] = (bool, type(None)),
    text: type = str,
    globals_are: Callable[[CodeType, frozenset[str]], bool] = _globals_are,
) -> bool:
    """True for code of names alone, which holds no data: as that of a data class, a named tuple, or a hint."""
    refused, where_made, names = plain
    pending: list[tuple[Any, int]] = [(code, 0)]
    while pending:
        one, depth = pending.pop()
        if kind(one) is code_type:
            operations = one.co_code[::2]
            if not refused.isdisjoint(operations) or (depth != 1 and not where_made.isdisjoint(operations)):
                return False
            if names is not None and not globals_are(one, names):
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
    kind: type = type,
    code_type: type = CodeType,
    loaders: tuple[CodeType, ...] = tuple(_loaders()),
    makers: tuple[tuple[CodeType, Plain], ...] = tuple(_makers()),
    is_of_library: Callable[[CodeType], bool] = _is_of_library,
    is_plain: Callable[[CodeType, Plain], bool] = _is_plain,
) -> bool:
    """Of exec and eval."""
    if args[0] is source[0] or args[0] is source[1]:
        return True
    if kind(args[0]) is not code_type:
        return False
    for loader in loaders:
        if loader is caller:
            return is_of_library(args[0])
    for maker, plain in makers:
        if maker is caller:
            return is_plain(args[0], plain)
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
    kind: type = type,
    text: type = str,
    may_make: Allowed = _may_make,
    coroutine: CodeType = types.coroutine.__code__,
) -> bool:
    """Of attributes."""
    if kind(args[1]) is not text:
        return False
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
    kind: type = type,
    text: type = str,
    nothing: type = types.NoneType,
    powers: frozenset[str] = POWERS,
    library: str = _LIBRARY,
) -> bool:
    """Of modules; args[1]: the file of one that is machine code, once it was found."""
    name, file = args[0], args[1]
    if kind(name) is not text or (kind(file) is not text and kind(file) is not nothing):
        return False
    if name.partition(".")[0] in powers or name.startswith("_test"):
        return False
    return not file or file.startswith(library)


def _known(code: CodeType) -> Iterator[CodeType]:
    """The code, and all that is defined in it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _known(constant)


def add(places: Sequence[tuple[str, int]], codes: tuple[CodeType, CodeType], page: mmap.mmap) -> None:
    """Watches from now on. places: events that break a rule, each with its byte of the page; codes: see rules.keep."""
    sys.addaudithook(_without_garbage())
    sys.addaudithook(_make(places, codes, page))


def _without_garbage() -> Hook:
    """Turns the garbage collector off, whatever the event, before the other hook gets to know of it.

    Finalizers would run inside of that hook, as they would inside of this one if it were a function of Python: it is
    made of parts that the interpreter has in machine code. The event's name is asked for as an attribute, which is not
    there, so that `__getattr__` is called with it.
    """
    off = type("Off", (), {"now": property(operator.methodcaller("disable"))})()
    off.disable = gc.disable
    disable = staticmethod(functools.partial(getattr, off, "now"))
    return functools.partial(getattr, type("Event", (), {"__getattr__": disable})())


def _make(places: Sequence[tuple[str, int]], codes: tuple[CodeType, CodeType], page: mmap.mmap) -> Hook:
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
        source: tuple[CodeType, ...] = (*codes, *(inner for code in codes for inner in _known(code))),
        places: tuple[tuple[str, int], ...] = tuple(places),
        any_place: int = places[0][1],
        page: mmap.mmap = page,
        frame: Callable[[int], types.FrameType] = sys._getframe,
        failures: type[BaseException] = BaseException,
    ) -> None:
        if event not in watched:
            return
        try:
            for name, allowed in judges:
                if name == event and allowed(args, frame(1).f_code, source):
                    return
            for name, place in places:
                if name == event:
                    page[place] = 1
                    return
        except failures:  # the stack or the memory is used up: what follows takes nothing of either
            pass
        page[any_place] = 1

    return hook
