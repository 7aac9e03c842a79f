"""What the grader's workers run: one large report, graded or examined.

A payload is the settings, then what the task's checker said and whether to read what was returned, JSON on one line
each, and the request. An answer is DONE and the response, FAILED and [problem slug, detail] as JSON, or OUT_OF_MEMORY.
"""

import functools
import json
from collections.abc import Iterator
from enum import StrEnum

from codearena.confined.worker import WornError
from codearena.errors import CodeArenaError
from codearena.v1 import grader_pb2
from grader_service.examine import Checked
from grader_service.grader import Grader
from grader_service.settings import Settings

DONE, FAILED, OUT_OF_MEMORY = b"d", b"f", b"m"


class Kind(StrEnum):
    """What is asked."""

    GRADE = "grade"
    EXAMINE = "examine"


def warm_up() -> None:
    """Makes a grader once, so that workers inherit what is set up on first use."""
    _grader(Settings().model_dump_json().encode())


def work(kind: str, payload: bytes) -> Iterator[bytes]:
    """The answer. Raises WornError after a report that took all the memory."""
    settings, checked, request = payload.split(b"\n", maxsplit=2)
    try:
        yield _answer(_grader(settings), Kind(kind), request, *json.loads(checked))
    except MemoryError:
        yield OUT_OF_MEMORY
        raise WornError from None


@functools.lru_cache(maxsize=1)
def _grader(settings: bytes) -> Grader:
    return Grader(Settings.model_validate_json(settings))


def _answer(grader: Grader, kind: Kind, request: bytes, checked: list[Checked], read: bool) -> bytes:
    try:
        if kind is Kind.EXAMINE:
            found = grader.examine(grader_pb2.ExamineRequest.FromString(request), checked, read=read)
            return DONE + found.SerializeToString()
        return DONE + grader.grade(grader_pb2.GradeRequest.FromString(request), checked, read=read).SerializeToString()
    except CodeArenaError as error:
        return FAILED + json.dumps([error.slug, error.detail]).encode()
