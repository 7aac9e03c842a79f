"""The limited child: `python -m gateway.repair.child CPU_S MEMORY_BYTES`.

Reads {"code", "error_log", "wanted"} from stdin and writes a line of JSON for each candidate as soon as it is found, so
that a child that reaches a limit has still said what it had. Of {"reply", "entry_point"} the answer in a model's reply
is the only line, if it parses. It limits itself before it reads anything.
"""

import json
import resource
import sys
from collections.abc import Iterator
from typing import Any

from gateway.repair import search, syntax

_FILES = 16
_RECURSION = 3_000


def main() -> None:
    cpu_s, memory_bytes = int(sys.argv[1]), int(sys.argv[2])
    _limit(cpu_s, memory_bytes)
    request = json.load(sys.stdin.buffer)
    for found in _found(request):
        complexity, hint = search.facts(found.text)
        line = {"text": found.text, "kinds": found.kinds, "notes": found.notes, "cost": found.cost}
        json.dump(line | {"complexity": complexity, "hint": hint}, sys.stdout)
        sys.stdout.write("\n")
        sys.stdout.flush()


def _found(request: dict[str, Any]) -> Iterator[search.Candidate]:
    if "reply" not in request:
        return search.candidates(request["code"], request["error_log"], request["wanted"])
    return _answer(request["reply"], request["entry_point"])


def _answer(reply: str, entry_point: str | None) -> Iterator[search.Candidate]:
    from codearena.completions import source_of  # a parser of Markdown, which no search needs

    source = source_of(reply, entry_point)
    if source and syntax.parses(source):
        yield search.Candidate(source, (), (), 0.0)


def _limit(cpu_s: int, memory_bytes: int) -> None:
    sys.setrecursionlimit(_RECURSION)
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_FILES, _FILES))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
