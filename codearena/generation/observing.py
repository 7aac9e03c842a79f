"""What a reference does: the value that it returns, the exception that it raises, the text that it prints."""

import io
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from unittest import mock


@dataclass(frozen=True)
class Raised:
    """An exception in place of a value. type: the name of its class."""

    type: str


def observe(call: Callable[[], object], env: Mapping[str, str]) -> object:
    """Return what the call returns, or `Raised` if it raises, with the variables of `env` set meanwhile."""
    with mock.patch.dict(os.environ, env):
        try:
            return call()
        except Exception as error:  # noqa: BLE001 - whatever the reference raises is what is expected
            return Raised(type(error).__name__)


def printed_by(program: Callable[[], object], stdin: str) -> str:
    """Return what the program writes to standard output, given `stdin`."""
    printed = io.StringIO()
    with _reading(stdin), redirect_stdout(printed):
        program()
    return printed.getvalue()


@contextmanager
def _reading(text: str) -> Iterator[None]:
    before = sys.stdin
    sys.stdin = io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8")
    try:
        yield
    finally:
        sys.stdin = before
