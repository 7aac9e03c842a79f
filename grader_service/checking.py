"""What the checker's workers run: a task author's own comparison, on the values or outputs of one attempt.

A payload is the size of the largest value, the checker's source, and the parts of each value or output: of a value that
was returned the arguments, keyword arguments, what is expected, what was returned; of an output what the program was
given, the answer, what it wrote. An answer is a letter for each, in order; OUT_OF_MEMORY ends it.
"""

import functools
import gc
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any

from codearena import values
from codearena.confined.protocol import packed, unpacked
from codearena.confined.worker import WornError

ACCEPTED, REFUSED, OUT_OF_MEMORY = b"y", b"n", b"m"

Check = Callable[..., object]
"""``check(args, kwargs, expected, got)`` of values, ``check(stdin, answer, output)`` of outputs."""


class Kind(StrEnum):
    """What is checked."""

    VALUES = "values"
    OUTPUTS = "outputs"

    @property
    def parts(self) -> int:
        """Of each value or output, in a payload."""
        return 4 if self is Kind.VALUES else 3


def warm_up() -> None:
    """Checks once, so that workers inherit what is set up on first use."""
    given = (b"[]", b'{"dict":[]}', b"1", b"1")
    for _ in work(Kind.VALUES, packed([b"1", b"def check(*given): return True", *given])):
        pass


def work(kind: str, payload: bytes) -> Iterator[bytes]:
    """Whether each value is accepted. Raises WornError after one that took all the memory."""
    gc.enable()  # what the author's code makes is for it to collect, within its memory
    size, source, *cases = unpacked(payload)
    limits = values.ValueLimits(size_bytes=int(size))
    arguments = functools.partial(_of_value, limits) if kind == Kind.VALUES else _of_output
    namespace: dict[str, Any] = {"__name__": "checker"}
    try:
        exec(compile(source.decode(), "checker.py", "exec"), namespace)  # the task author's, trusted
        for case in zip(*[iter(cases)] * Kind(kind).parts, strict=True):
            yield ACCEPTED if _accepts(namespace["check"], arguments(case)) else REFUSED
    except MemoryError:
        yield OUT_OF_MEMORY
        raise WornError from None


def _accepts(check: Check, arguments: tuple[Any, ...] | None) -> bool:
    """arguments: None: what was returned is no value, and nothing is asked."""
    if arguments is None:
        return False
    try:
        return bool(check(*arguments))
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 (of the author's code, about a value of any kind)
        return False


def _of_value(limits: values.ValueLimits, case: tuple[bytes, ...]) -> tuple[Any, ...] | None:
    *ours, returned = case
    try:
        got = values.decode(returned, limits)
    except values.MalformedValueError:
        return None
    return (*map(values.decode_own, ours), got)


def _of_output(case: tuple[bytes, ...]) -> tuple[str, ...]:
    """Bytes that are no UTF-8 as in file names, so that no two outputs are the same text."""
    return tuple(part.decode("utf-8", "surrogateescape") for part in case)
