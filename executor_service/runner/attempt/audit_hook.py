"""The audit hook that sees a rule broken, in the process of the source that breaks it.

It holds on to nothing that the source could change. The functions here use no globals, no closures and no builtins, but
what stands in their own defaults. Those that judge are copies of the functions of this module, which the source can
find: a copy can be reached through a listing of all objects alone. That, like all else that reaches past the language
into the interpreter's memory (ctypes, code made by hand, another interpreter, a library that is not Python's), counts
as the rule broken.

A function's variables can be reached by what runs while it does, or finds its frame in a traceback. So nothing of the
source runs inside of the hook, and no exception leaves it: handlers of signals are refused by the kernel, the garbage
collector is off from the first event on, another audit hook is a rule broken, nothing warns or asks for a codec's error
handler, and of an object that may be the source's nothing is asked but its type. Should a frame be seen nevertheless,
by a thread that turns the collector on in between: what it holds can write a rule down, and do nothing else.

Text that is run as code is told from what the standard library does for honest sources by who runs it and by the code
itself, since a function of the library runs whatever it is handed. A frame tells who: nothing can run that has given
itself another name, or it would have been seen before.
"""

import _imp
import collections
import functools
import gc
import importlib
import marshal
import mmap
import os
import sys
import types
from collections.abc import Callable, Iterator, Sequence
from io import FileIO
from types import CodeType
from typing import Any

from executor_service.runner.attempt.plain_code import Plain, code_at, is_plain, makers

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
_FOREVER: list[object] = []

Hook = Callable[[str, tuple[Any, ...]], object]
Allowed = Callable[[tuple[Any, ...], CodeType, tuple[CodeType, ...]], bool]
"""Whether an event may come about. Arguments: its own, the code that runs, what is known: `codes` of `make` first."""


def _loaders() -> Iterator[CodeType]:
    """The functions that run what was read from a module's file."""
    importing = importlib.import_module("_frozen_importlib")
    for path in ("_call_with_frames_removed", "FrozenImporter.exec_module"):
        if code := code_at(importing, path):
            yield code


def _read(path: str, *, open_file: Callable[[str], Any] = FileIO) -> bytes:
    """A file that is dropped while it is open would warn of it, by what the source has made of `warnings`."""
    file = open_file(path)
    try:
        return file.readall()  # type: ignore[no-any-return]
    finally:
        file.close()


def _is_of_library(
    code: CodeType,
    *,
    kind: type = type,
    text: type = str,
    forever: Callable[[Any], None] = _FOREVER.append,
    library: str = _LIBRARY,
    end: str = _PYC_END,
    header_bytes: int = _PYC_HEADER_BYTES,
    read: Callable[[str], bytes] = _read,
    loads: Callable[[bytes], object] = marshal.loads,
    build: Callable[..., object] = compile,
    frozen: Callable[[str], object] = _imp.get_frozen_object,
    failures: tuple[type[BaseException], ...] = (ImportError, OSError, ValueError, EOFError, TypeError),
) -> bool:
    """True for what a file of the standard library holds; that it names one is not enough."""
    path = code.co_filename
    if kind(path) is not text:  # the source's own, whose finalizer must not be called here
        forever(path)
        return False
    if not path.isascii():  # what cannot be encoded goes to an error handler, which may be the source's
        return False
    folder, _, name = path.rpartition("/")
    try:
        if path.startswith("<frozen "):
            return frozen(path[8:-1]) == code
        if not path.startswith(library) or "/../" in path or "-packages/" in path:
            return False
        if loads(read(f"{folder}/__pycache__/{name[:-3]}{end}")[header_bytes:]) == code:
            return True
    except failures:
        pass
    try:  # the library's own tests have what a compiler warns of
        if not path.startswith(library) or "/test" in path or "_test/" in path:
            return False
        return build(read(path), path, "exec", dont_inherit=True) == code
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
    makers: tuple[tuple[CodeType, Plain], ...] = tuple(makers()),
    is_of_library: Callable[[CodeType], bool] = _is_of_library,
    is_plain: Callable[[CodeType, Plain], bool] = is_plain,
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


def _differs_in_flags(
    function: Any,
    code: Any,
    *,
    kind: type = type,
    function_type: type = types.FunctionType,
    code_type: type = CodeType,
) -> bool:
    """True if the code is that of the function but for its flags."""
    if kind(function) is not function_type or kind(code) is not code_type:
        return False
    own = function.__code__
    if code.co_consts is not own.co_consts or code.co_names is not own.co_names:
        return False
    return code.co_code == own.co_code  # type: ignore[no-any-return]


def _may_set(
    args: tuple[Any, ...],
    caller: CodeType,
    source: tuple[CodeType, ...],
    *,
    kind: type = type,
    text: type = str,
    may_make: Allowed = _may_make,
    differs_in_flags: Callable[[object, object], bool] = _differs_in_flags,
    coroutine: CodeType = types.coroutine.__code__,
) -> bool:
    """Of attributes."""
    if kind(args[1]) is not text:
        return False
    if args[1] != "__code__" or may_make(args, caller, source):
        return True
    return caller is coroutine and differs_in_flags(args[0], args[2])


def _may_write(
    args: tuple[Any, ...],
    caller: CodeType,
    source: tuple[CodeType, ...],
    *,
    coroutine: CodeType = types.coroutine.__code__,
) -> bool:
    """Of code made by hand: no more than a flag of it, which the library changes; see `_may_set`, too."""
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
    return not file or (file.startswith(library) and "/../" not in file)


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
    made of parts that the interpreter has in machine code, and no part is of a class that lists of classes have. The
    event's name is asked for as an attribute of a module, which is not there, so that `__getattr__` is called with it:
    that of a dictionary whose missing values come of `gc.disable`.
    """
    asked = types.ModuleType("asked")
    asked.__dict__["__getattr__"] = collections.defaultdict(gc.disable).__missing__
    return functools.partial(getattr, asked)


def _hidden(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function behind a call in machine code, which does not give it away."""
    hidden = functools.lru_cache(maxsize=0)(function)
    del hidden.__wrapped__
    return hidden


def _copy(function: Callable[..., Any]) -> Callable[..., Any]:
    """One that is found neither in this module nor in a frame, and so are the functions in its defaults."""
    if not isinstance(function, types.FunctionType):
        return function
    copy = types.FunctionType(function.__code__, {})
    copy.__kwdefaults__ = {name: _copy(value) for name, value in (function.__kwdefaults__ or {}).items()}
    return _hidden(copy)


def _make(places: Sequence[tuple[str, int]], codes: tuple[CodeType, CodeType], page: mmap.mmap) -> Hook:
    judges: dict[str, Allowed] = {"import": _may_import, "code.__new__": _may_write}
    notes = {event: _hidden(functools.partial(page.__setitem__, place, 1)) for event, place in places}
    events = set(notes)
    if TEXT_AS_CODE in events:
        judges |= {"exec": _may_run, "function.__new__": _may_make, "object.__setattr__": _may_set}

    def hook(
        event: str,
        args: tuple[Any, ...],
        *,
        watched: frozenset[str] = frozenset({*events, *_REACHES, *judges}),
        judges: tuple[tuple[str, Allowed], ...] = tuple((event, _copy(judge)) for event, judge in judges.items()),
        source: tuple[CodeType, ...] = (*codes, *(inner for code in codes for inner in _known(code))),
        notes: tuple[tuple[str, Callable[[], object]], ...] = tuple(notes.items()),
        note_any: Callable[[], object] = notes[places[0][0]],
        frame: Callable[[int], types.FrameType] = sys._getframe,
        failures: type[BaseException] = BaseException,
    ) -> None:
        if event not in watched:
            return
        try:
            for name, allowed in judges:
                if name == event and allowed(args, frame(1).f_code, source):
                    return
            for name, note in notes:
                if name == event:
                    note()
                    return
        except failures:  # the stack or the memory is used up: what follows takes nothing of either
            pass
        note_any()

    return hook
