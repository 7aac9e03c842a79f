"""The child that grades large reports: limits itself, then answers one request after the other until stdin ends.

Each frame is 4 bytes big-endian length and the body. The first one is the settings, JSON. A request is GRADE or
EXAMINE, READ or UNREAD, and the message; an answer is DONE and the response, or FAILED and [slug, detail] as JSON.
"""

import gc
import json
import math
import os
import resource
import struct
import sys
import time
from typing import BinaryIO

from codearena.errors import CodeArenaError
from codearena.v1 import grader_pb2
from grader_service.grader import Grader
from grader_service.settings import Settings

OUT_OF_MEMORY = 77
"""Exit status."""
GRADE, EXAMINE = b"G", b"E"
READ, UNREAD = b"r", b"u"
"""Whether what was returned is read, or is wrong but where it is, byte by byte, what was expected."""
DONE, FAILED = b"d", b"f"

_LENGTH = struct.Struct(">I")


def main() -> None:
    """Ends when stdin does, or by a limit."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing else that is printed is an answer
    settings = Settings.model_validate_json(_frame(requests) or b"")
    grader = Grader(settings)
    _limit(settings.confined_memory_bytes)
    # What is read makes no cycles and is gone after each answer; to look for some among hundreds of thousands of lists
    # would take as long as all the rest.
    gc.freeze()
    gc.disable()
    try:
        while (request := _frame(requests)) is not None:
            _bound_cpu(settings.confined_cpu_s)
            body = answered(grader, request)
            answers.write(_LENGTH.pack(len(body)) + body)
            answers.flush()
            del request, body
            gc.collect()
    except MemoryError:
        os._exit(OUT_OF_MEMORY)


def answered(grader: Grader, request: bytes) -> bytes:
    """The answer to one request."""
    kind, read, message = request[:1], request[1:2] == READ, request[2:]
    try:
        if kind == EXAMINE:
            found = grader.examine(grader_pb2.ExamineRequest.FromString(message), read=read)
            return DONE + found.SerializeToString()
        graded = grader.grade(grader_pb2.GradeRequest.FromString(message), read=read)
        response = graded.response() if graded else grader_pb2.GradeResponse(takes_measurement=True)
        return DONE + response.SerializeToString()
    except CodeArenaError as error:
        return FAILED + json.dumps([error.slug, error.detail]).encode()


def _frame(stream: BinaryIO) -> bytes | None:
    head = stream.read(_LENGTH.size)
    return stream.read(_LENGTH.unpack(head)[0]) if len(head) == _LENGTH.size else None


def _limit(memory_bytes: int) -> None:
    for kind, limit in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (limit, limit))


def _bound_cpu(cpu_s: int) -> None:
    """From now on: the limit is on all that the process has ever used. The kernel's signal for it ends the process."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(time.process_time()) + cpu_s, hard))


if __name__ == "__main__":
    main()
