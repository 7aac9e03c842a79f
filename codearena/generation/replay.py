"""What the workers that replay a program run: every call of it, and of each what came of it, as a short digest.

A payload is JSON, as `replaying.py` makes it. An answer is a line for each call, sent as soon as it is known, so that a
call that ends the process has the ones before it told. The code is the task author's or a wrong version of it: what a
mistake could do to this machine is refused (files written, processes started, connections), what malice could is not;
what is written all the same is written to a folder of the replay's own.
"""

import base64
import builtins
import contextlib
import hashlib
import io
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from types import CodeType, FrameType, ModuleType
from typing import Any

from codearena import trees, values

OVER_TIME = "over time"
_NAME = "fix"
_FORBIDDEN = (
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "os.fork",
    "os.kill",
    "subprocess.",
    "socket.",
    "shutil.",
)
_CHANGING = (
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.mkdir",
    "os.chmod",
    "os.chown",
    "os.truncate",
    "os.link",
    "os.symlink",
)
_IN_MEMORY = (":memory:", b":memory:")
_LIMITS = trees.ValueLimits(nodes=50_000, size_bytes=512 * 1024)


class _OverTimeError(BaseException):
    """A call took its time. No Exception, so that the code that is replayed does not take it for one."""


class _RefusedError(PermissionError):
    """The code asked for what it does not get here."""


def warm_up() -> None:
    """Imports what programs use most, so that workers inherit it; audits from now on."""
    import bisect  # noqa: F401
    import collections  # noqa: F401
    import functools  # noqa: F401
    import heapq  # noqa: F401
    import itertools  # noqa: F401
    import math  # noqa: F401
    import re  # noqa: F401

    signal.signal(signal.SIGVTALRM, _over_time)


def _over_time(_: int, __: FrameType | None) -> None:
    raise _OverTimeError


def work(_: str, payload: bytes) -> Iterator[bytes]:
    """A line for each call."""
    request = json.loads(payload)
    os.chdir(request["folder"])
    sys.addaudithook(_audit)
    call_cpu_s, skipped = request["call_cpu_s"], set(request["skipped"])
    replay = _Program(request) if request["program"] else _Module(request)
    over_time = 0
    for place, call in enumerate(request["calls"]):
        if over_time == request["most_over_time"]:
            return
        outcome = "skipped" if place in skipped else _outcome(replay, call, call_cpu_s)
        over_time += outcome == OVER_TIME
        yield outcome.encode() + b"\n"


def _audit(event: str, args: tuple[Any, ...]) -> None:
    if event == "open":
        writes = isinstance(args[1], str) and set(args[1]) & set("wax+")
        if writes or (args[1] is None and args[2] & (os.O_WRONLY | os.O_RDWR)):
            raise _RefusedError("no file is written")
    elif event == "sqlite3.connect":
        if args[0] not in _IN_MEMORY:  # SQLite opens and makes files itself, of which no other event tells
            raise _RefusedError("no file is written")
    elif event.startswith(_FORBIDDEN) or event in _CHANGING:
        raise _RefusedError(f"{event}: {[str(each) for each in args[:2]]}")


def _outcome(replay: "Callable[[dict[str, Any]], str]", call: dict[str, Any], call_cpu_s: float) -> str:
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, call_cpu_s)
        try:
            return replay(call)
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    except _OverTimeError:
        return OVER_TIME
    except MemoryError:
        return "raised MemoryError"
    except _RefusedError as refusal:
        return f"refused {_digest(str(refusal))}"
    except BaseException as error:  # noqa: BLE001 - whatever the code raises is what came of the call
        return f"raised {type(error).__name__}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


class _Module:
    """Calls of a module's functions and classes. It is loaded at the first call, and never again."""

    def __init__(self, request: dict[str, Any]) -> None:
        self._text = "\n".join([request["prelude"], request["source"], request["driver"]])
        self._module: ModuleType | None = None

    def __call__(self, call: dict[str, Any]) -> str:
        if self._module is None:
            self._module = _loaded(compile(self._text, f"{_NAME}.py", "exec"), _NAME)
        with _environment(call["env"]), contextlib.redirect_stdout(io.StringIO()):
            first, *later = call["steps"]
            found = _found(self._module, first["call"])(*_args(first), **_kwargs(first))
            if not later:
                return _told(found, call["compare"])
            # Each at once, because a later call may change what an earlier one returned.
            lives = [
                _told(_found(found, step["call"])(*_args(step), **_kwargs(step)), call["compare"]) for step in later
            ]
            return f"value {_digest(repr(lives))}"


def _args(step: dict[str, Any]) -> list[Any]:
    return list(values.decode_own(step["args"].encode()))


def _kwargs(step: dict[str, Any]) -> dict[str, Any]:
    return dict(values.decode_own(step["kwargs"].encode()))


def _found(owner: Any, path: str) -> Any:
    """What a dotted name stands for; `Solution().twoSum` makes a Solution on the way."""
    for name in path.split("."):
        called = name.endswith("()")
        owner = getattr(owner, name.removesuffix("()"))
        owner = owner() if called else owner
    return owner


def _loaded(code: CodeType, name: str) -> ModuleType:
    module = ModuleType(name)
    sys.modules[name] = module
    exec(code, module.__dict__)
    return module


class _Program:
    """Runs of a program: text in, text out."""

    def __init__(self, request: dict[str, Any]) -> None:
        self._text = "\n".join([request["prelude"], request["source"], request["driver"]])
        self._code: CodeType | None = None

    def __call__(self, call: dict[str, Any]) -> str:
        self._code = self._code or compile(self._text, f"{_NAME}.py", "exec")
        out = io.StringIO()
        stdin, argv = sys.stdin, sys.argv
        sys.stdin = io.TextIOWrapper(io.BytesIO(base64.b64decode(call["stdin"])))
        sys.argv = ["fix.py", *call["arguments"]]
        ended = "0"
        try:
            with contextlib.redirect_stdout(out):
                _loaded(self._code, "__main__")
        except SystemExit as leaving:
            ended = str(leaving.code or 0)
        finally:
            sys.stdin, sys.argv = stdin, argv
        return f"printed {_digest(_printed(out.getvalue(), call['compare']))} {_digest(ended)}"


def _printed(text: str, compare: str) -> str:
    """Equal for texts that the task's way of comparing takes for equal, numbers as they are written."""
    if compare in ("tokens", "numbers"):
        return " ".join(text.split())
    return "\n".join(line.rstrip() for line in text.rstrip().split("\n"))


@contextlib.contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    if not variables:
        yield
        return
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _told(value: Any, compare: str) -> str:
    """Equal for values that the test's way of comparing takes for equal."""
    if compare in ("unordered", "set") and isinstance(value, list | tuple | set | frozenset):
        items = sorted(trees.canonical(json.loads(values.encode(item, _LIMITS))) for item in value)
        return f"value {_digest(repr(sorted(set(items)) if compare == 'set' else items))}"
    if value is None or type(value) in (bool, str) or (type(value) is int and compare == "exact"):
        return f"value {_digest(repr(value))}"
    tree = json.loads(values.encode(value, _LIMITS))
    if compare in ("approx", "numeric"):
        tree = _rounded(tree)
    return f"value {_digest(trees.canonical(tree))}"


def _rounded(tree: Any) -> Any:
    """With numbers to nine digits, whole ones as such."""
    if isinstance(tree, list):
        return [_rounded(item) for item in tree]
    if isinstance(tree, dict):
        return {name: _rounded(item) for name, item in tree.items()}
    if isinstance(tree, float):
        return float(f"{tree:.8e}") if not tree.is_integer() else builtins.int(tree)
    return tree
