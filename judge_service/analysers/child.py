"""The body of one limited child: limits, one source, one answer. Runs in a fork of the launcher and never returns."""

import gc
import json
import os
import resource
import sys
from collections.abc import Callable
from typing import NoReturn

from judge_service.analysers import normalise, quality, security
from judge_service.analysers.protocol import ANSWER_BYTES, Analysis, Start
from judge_service.analysers.source import UnreadableSourceError, one_line

_ANALYSES: dict[Analysis, Callable[[bytes], dict[str, object]]] = {
    Analysis.SECURITY: security.analyse,
    Analysis.QUALITY: quality.analyse,
    Analysis.NORMALISED: normalise.analyse,
}
_OPEN_FILES = 32
_RECURSION_LIMIT = 5_000
"""Bandit spends three frames on a level of nesting, and Python compiles what 1,000 frames do not suffice to walk."""


def run(request: Start, source_fd: int, answer_fd: int) -> NoReturn:
    """Becomes the child: reads the source from one file, writes the answer to the other, ends.

    Answers {"facts": {...}} or {"unscored": cause, "detail": one line}. A child that dies leaves less, and its status.
    """
    status = 1
    try:
        os.setsid()
        os.dup2(1, 2)  # the launcher's stdout leads nowhere; its stderr is the service's log
        os.dup2(source_fd, 0)
        os.dup2(answer_fd, 1)
        os.closerange(3, resource.getrlimit(resource.RLIMIT_NOFILE)[0])  # above all the launcher's own socket
        _limit(request)
        answer = _answer(Analysis(request["analysis"]))
        os.write(1, json.dumps(answer).encode())
        status = 0
    finally:
        os._exit(status)


def _limit(request: Start) -> None:
    """The kernel's limits on this process and what it starts.

    RLIMIT_NPROC counts all processes of the user, so only "none at all" means the same whatever else runs; the quality
    analysis starts ruff before it gives the right away. Root is not bound by it.
    """
    cpu_s, memory_bytes = request["cpu_s"], request["memory_bytes"]
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))  # SIGXCPU, and SIGKILL should that be ignored
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (ANSWER_BYTES, ANSWER_BYTES))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if request["analysis"] != Analysis.QUALITY:
        resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))


def _answer(analysis: Analysis) -> dict[str, object]:
    sys.setrecursionlimit(_RECURSION_LIMIT)
    sys.set_int_max_str_digits(0)  # RLIMIT_CPU bounds it: Python compiles hexadecimal numbers of any length
    gc.disable()  # the process lives for milliseconds, and RLIMIT_AS bounds what piles up
    try:
        with os.fdopen(0, "rb") as file:
            return {"facts": _ANALYSES[analysis](file.read())}
    except MemoryError:  # ast.parse raises it as well, for what is nested too deeply
        return _unscored("memory_limit", "too large or too deeply nested")
    except RecursionError:
        return _unscored("too_deep", "too deeply nested")
    except (UnreadableSourceError, SyntaxError) as error:
        return _unscored("unreadable", f"{type(error).__name__}: {one_line(str(error))}")
    except quality.RuffError as error:
        return _unscored("crashed", str(error))
    except Exception as error:  # noqa: BLE001 - the process's top: what a source makes an analyser raise is its reason
        return _unscored("defect", f"{type(error).__name__}: {one_line(str(error))}")


def _unscored(cause: str, detail: str) -> dict[str, object]:
    return {"unscored": cause, "detail": detail}


def warm_up() -> None:
    """Runs every analysis once, so that children inherit what is set up on first use."""
    source = b"import os\n\n\ndef first(values):\n    return values[0] if values else os.getcwd()\n"
    security.analyse(source)
    quality.radon_facts(source.decode())
