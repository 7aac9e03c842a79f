"""What the checker's workers run: a task author's own comparison, on the values of one attempt.

A payload is the size of the largest value, the checker's source, and of each value that was returned: arguments,
keyword arguments, what is expected, what was returned. An answer is a letter for each, in order; OUT_OF_MEMORY ends it.
"""

import gc
from collections.abc import Callable, Iterator
from typing import Any

from codearena import values
from codearena.confined.protocol import packed, unpacked
from codearena.confined.worker import WornError

ACCEPTED, REFUSED, OUT_OF_MEMORY = b"y", b"n", b"m"

Check = Callable[[list[Any], dict[str, Any], Any, Any], object]


def warm_up() -> None:
    """Checks once, so that workers inherit what is set up on first use."""
    given = (b"[]", b'{"dict":[]}', b"1", b"1")
    for _ in work("", packed([b"1", b"def check(*given): return True", *given])):
        pass


def work(kind: str, payload: bytes) -> Iterator[bytes]:
    """Whether each value is accepted. Raises WornError after one that took all the memory."""
    gc.enable()  # what the author's code makes is for it to collect, within its memory
    size, source, *cases = unpacked(payload)
    limits = values.ValueLimits(size_bytes=int(size))
    namespace: dict[str, Any] = {"__name__": "checker"}
    try:
        exec(compile(source.decode(), "checker.py", "exec"), namespace)  # the task author's, trusted
        for case in zip(*[iter(cases)] * 4, strict=True):
            yield ACCEPTED if _accepts(namespace["check"], case, limits) else REFUSED
    except MemoryError:
        yield OUT_OF_MEMORY
        raise WornError from None


def _accepts(check: Check, case: tuple[bytes, ...], limits: values.ValueLimits) -> bool:
    *ours, returned = case
    try:
        got = values.decode(returned, limits)
    except values.MalformedValueError:
        return False
    args, kwargs, expected = map(values.decode_own, ours)
    try:
        return bool(check(args, kwargs, expected, got))
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 (of the author's code, about a value of any kind)
        return False
