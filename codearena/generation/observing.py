"""What a right program does: the value that it returns, the exception that it raises, the text that it prints."""

import copy
import io
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from unittest import mock


@dataclass(frozen=True)
class Raised:
    """An exception in place of a value. type: the name of its class."""

    type: str


def answer(
    function: Callable[..., object], args: Sequence[object], kwargs: Mapping[str, object], env: Mapping[str, str]
) -> object:
    """Return what a function returns for copies of its arguments, or `Raised`, with the variables of `env` set."""
    own_args, own_kwargs = copy.deepcopy((list(args), dict(kwargs)))
    with mock.patch.dict(os.environ, env):
        return _outcome(lambda: function(*own_args, **own_kwargs))


def life(owner: Callable[..., object], steps: Sequence[tuple[object, ...]]) -> object:
    """Return what the methods of an object return, in order, or `Raised`.

    steps: The construction, as (name of the class, *arguments), then the calls, as (name of the method, *arguments).
    """
    return _outcome(lambda: _lived(owner, copy.deepcopy(list(steps))))


def printed_by(program: Callable[[], object], stdin: str) -> str:
    """Return what the program writes to standard output, given `stdin`."""
    printed = io.StringIO()
    with _reading(stdin), redirect_stdout(printed):
        program()
    return printed.getvalue()


def _outcome(call: Callable[[], object]) -> object:
    try:
        return call()
    except Exception as error:  # noqa: BLE001 - whatever the reference raises is what is expected
        return Raised(type(error).__name__)


def _lived(owner: Callable[..., object], steps: Sequence[tuple[object, ...]]) -> list[object]:
    (_, *first), *later = steps
    lives = owner(*first)
    # Copied at once, because a later call may change what an earlier one returned.
    return [copy.deepcopy(getattr(lives, str(name))(*args)) for name, *args in later]


@contextmanager
def _reading(text: str) -> Iterator[None]:
    before = sys.stdin
    sys.stdin = io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8")
    try:
        yield
    finally:
        sys.stdin = before
