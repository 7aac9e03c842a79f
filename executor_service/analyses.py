"""What runners have read from sources that compile, kept so that it is not read again.

An analysis depends on the source, the checks asked for and the runner alone, and is made before anything of the source
runs. It comes out of a sandbox in which that source ran afterwards, so that whoever could forge one would forge it for
attempts of the same bytes and for no others.
"""

import hashlib
from dataclasses import dataclass

from codearena.server.recent import Recent
from codearena.v1 import executor_pb2
from executor_service import metrics

_LARGEST_BYTES = 16 * 1024
"""Of one that is kept: all of them together must not fill the memory."""


@dataclass(frozen=True)
class _Kept:
    revision: str
    checks: bytes
    analysis: executor_pb2.Analysis


class Analyses:
    """Of the sources used last. maximum: how many of them; 0: none is kept."""

    def __init__(self, maximum: int) -> None:
        self._kept: Recent[bytes, _Kept] = Recent(maximum)

    def find(self, workload: executor_pb2.Workload, revision: str) -> executor_pb2.Analysis | None:
        """The analysis that a runner of that revision would make for the workload; None: it has to make it."""
        found = self._find(workload, revision)
        metrics.analyses.labels("new" if found is None else "known").inc()
        return found

    def _find(self, workload: executor_pb2.Workload, revision: str) -> executor_pb2.Analysis | None:
        kept = self._kept.get(_key(workload.source))
        if kept is None or kept.revision != revision:
            return None
        if workload.checks and kept.checks != _bytes_of_checks(workload):
            return None
        if workload.checks:
            return kept.analysis
        unchecked = executor_pb2.Analysis()
        unchecked.CopyFrom(kept.analysis)
        del unchecked.checks[:]
        return unchecked

    def keep(self, workload: executor_pb2.Workload, revision: str, analysis: executor_pb2.Analysis) -> None:
        """Keeps what a runner of that revision made for the workload.

        Not of a source that does not compile: that may be a reading which took too long, and could succeed next time.
        """
        if not analysis.compiles or analysis.ByteSize() > _LARGEST_BYTES:
            return
        # A copy: a part of a message holds on to the memory of the whole, here of all that the attempt returned.
        own = executor_pb2.Analysis.FromString(analysis.SerializeToString())
        self._kept.put(_key(workload.source), _Kept(revision, _bytes_of_checks(workload), own))


def _key(source: bytes) -> bytes:
    return hashlib.sha256(source).digest()


def _bytes_of_checks(workload: executor_pb2.Workload) -> bytes:
    return executor_pb2.Workload(checks=workload.checks).SerializeToString(deterministic=True)
