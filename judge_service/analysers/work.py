"""What the judge's workers run: one analysis of one source, or ruff on several, for one answer.

An answer is {"facts": {...}} or {"unscored": cause, "detail": one line}; of several sources a list of facts. That of
the rpc Analyse is its message.
"""

import json
import sys
from collections.abc import Callable, Iterator

from codearena.confined.protocol import unpacked
from codearena.confined.worker import WornError
from codearena.v1 import executor_pb2, judge_pb2
from judge_service.analysers import lint, normalise, quality, security
from judge_service.analysers.kinds import Analysis
from judge_service.analysers.source import UnreadableSourceError, one_line
from judge_service.analysis.analyse import analyse

_ANALYSES: dict[Analysis, Callable[[bytes], object]] = {
    Analysis.SECURITY: security.analyse,
    Analysis.STRUCTURE: quality.analyse,
    Analysis.LINT: lambda payload: lint.analyse(unpacked(payload)),
    Analysis.NORMALISED: normalise.analyse,
}
_RECURSION_LIMIT = 5_000
"""Bandit spends three frames on a level of nesting, and Python compiles what 1,000 frames do not suffice to walk."""
_WEARING = ("MemoryError", "RecursionError", "SystemError")
"""Problems of a source that the compiler may not have come out of unharmed."""


def warm_up() -> None:
    """Runs every analysis once, so that workers inherit what is set up on first use."""
    sys.setrecursionlimit(_RECURSION_LIMIT)
    sys.set_int_max_str_digits(0)  # RLIMIT_CPU bounds it: Python compiles hexadecimal numbers of any length
    source = b"import os\n\n\ndef first(values):\n    return values[0] if values else os.getcwd()\n"
    for analysis in (Analysis.SECURITY, Analysis.STRUCTURE, Analysis.NORMALISED):
        _ANALYSES[analysis](source)
    analyse(source, [executor_pb2.Check(rule="forbid_call", argument="eval")])


def work(kind: str, payload: bytes) -> Iterator[bytes]:
    """One answer. Raises WornError after what the interpreter may not have come out of unharmed."""
    if kind == Analysis.SOURCE:
        request = judge_pb2.AnalyseRequest.FromString(payload)
        analysis = analyse(request.source, request.checks)
        yield analysis.SerializeToString()
        if analysis.problem.type in _WEARING:
            raise WornError
        return
    answer, worn = _answer(Analysis(kind), payload)
    yield json.dumps(answer).encode()
    if worn:
        raise WornError


def _answer(analysis: Analysis, payload: bytes) -> tuple[dict[str, object], bool]:
    try:
        return {"facts": _ANALYSES[analysis](payload)}, False
    except MemoryError:  # ast.parse raises it as well, for what is nested too deeply
        return _unscored("memory_limit", "too large or too deeply nested"), True
    except RecursionError:
        return _unscored("too_deep", "too deeply nested"), True
    except (UnreadableSourceError, SyntaxError) as error:
        return _unscored("unreadable", f"{type(error).__name__}: {one_line(str(error))}"), False
    except lint.RuffError as error:
        return _unscored("crashed", str(error)), False
    except Exception as error:  # noqa: BLE001 - the top: what a source makes an analyser raise is its reason
        return _unscored("defect", f"{type(error).__name__}: {one_line(str(error))}"), True


def _unscored(cause: str, detail: str) -> dict[str, object]:
    return {"unscored": cause, "detail": detail}
