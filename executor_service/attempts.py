"""One attempt inside the executor: admit, lease, run, and either a report or an error. Knows no gRPC."""

import logging
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial

from codearena.errors import SandboxError
from codearena.server import budgets
from codearena.server.telemetry import fingerprint
from codearena.v1 import executor_pb2
from executor_service import codec, metrics, outcome, reports
from executor_service.admission import admit
from executor_service.analyses import Analyses
from executor_service.host import host_class
from executor_service.isolation.base import Isolation, Sandbox, SandboxLostError
from executor_service.outcome import Cause, Ruling
from executor_service.overtime import OutlivedError
from executor_service.pace import Pace
from executor_service.pool import Pool
from executor_service.settings import Settings

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Ran:
    """What one sandbox gave. ran_s: from handing over the workload to the last byte of the report."""

    report: executor_pb2.Report
    ran_s: float


class Attempts:
    """Executes workloads on the pool's sandboxes."""

    def __init__(
        self,
        pool: Pool,
        isolation: Isolation,
        settings: Settings,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pool = pool
        self._isolation = isolation
        self._settings = settings
        self._clock = clock
        self._analyses = Analyses(settings.analyses_kept)
        self._pace = Pace()

    async def execute(
        self, attempt_id: str, workload: executor_pb2.Workload, caller: str = "", wait_s: float | None = None
    ) -> executor_pb2.Report:
        """Runs the workload in a sandbox of its own; while it waits for one, callers take turns.

        Cancelling it destroys the sandbox. wait_s: longest wait for it, and for another if it has to stand back for
        others, see overtime.py; None: as long as it takes.

        Raises:
            CallerError: the workload is malformed or asks for too much.
            OverloadedError: the queue is full, or the wait was over.
            SandboxError: no sandbox could be made or kept, or it gave no usable report.
        """
        admit(workload, self._settings)
        asked = self._clock()
        lease = self._pool.lease(caller, wait_s, partial(self._pace.usual_s, workload))
        try:
            return await self._executed(attempt_id, workload, lease, asked)
        except OutlivedError:  # what it did so far is forgotten; that it is to wait again is none of its doing
            lease = self._pool.lease(caller, wait_s, again=True)
            return await self._executed(attempt_id, workload, lease, asked)

    async def _executed(
        self,
        attempt_id: str,
        workload: executor_pb2.Workload,
        lease: AbstractAsyncContextManager[Sandbox],
        asked: float,
    ) -> executor_pb2.Report:
        """asked: when it began to wait."""
        async with lease as sandbox:
            leased_s = self._clock() - asked
            ran = await self._run(attempt_id, sandbox, workload)
        report = ran.report
        metrics.wait_seconds.observe(leased_s)
        metrics.run_seconds.observe(ran.ran_s)
        metrics.attempts.labels(executor_pb2.AttemptStatus.Name(report.status)).inc()
        self._pace.note(workload, report, ran.ran_s)
        report.isolation.CopyFrom(self.isolation(sandbox))
        report.timings.leased.CopyFrom(codec.duration(leased_s))
        report.timings.ran.CopyFrom(codec.duration(ran.ran_s))
        return report

    def isolation(self, sandbox: Sandbox | None = None) -> executor_pb2.Isolation:
        """What is in force, and for a sandbox also which one it is and what its runner had to do without."""
        info = self._isolation.describe()
        hello = sandbox.hello if sandbox else None
        missing = dict.fromkeys([*info.degradations, *(hello.degradations if hello else ())])
        return executor_pb2.Isolation(
            name=info.name,
            runtime=info.runtime,
            sandbox_id=sandbox.sandbox_id if sandbox else "",
            degradations=list(missing),
            runner_revision=hello.revision if hello else "",
            host_class=self._settings.host_class or host_class(),
        )

    async def _run(self, attempt_id: str, sandbox: Sandbox, workload: executor_pb2.Workload) -> _Ran:
        started, revision = self._clock(), sandbox.hello.revision
        known = self._analyses.find(workload, revision)
        try:
            data = await sandbox.run(
                codec.encode_workload(workload, analysed=known is not None), self._timeout_s(workload)
            )
            ran_s = self._clock() - started
            report = reports.decode_report(data, workload, known)
            if not outcome.reference_failed(workload, report):
                if known is None:
                    self._analyses.keep(workload, revision, report.analysis)
                return _Ran(report, ran_s)
            ruling = Ruling(Cause.REFERENCE, "the reference gave nothing to measure against")
        except SandboxLostError as error:
            ruling = outcome.rule(error.evidence)
        except codec.MalformedReportError as error:
            ruling = Ruling(Cause.MALFORMED, f"the runner sent no usable report: {error}")
        self._log(attempt_id, sandbox, workload, ruling)
        if not ruling.cause.is_the_attempts:
            raise SandboxError(ruling.detail)
        return _Ran(outcome.memory_report(workload), self._clock() - started)

    @staticmethod
    def _timeout_s(workload: executor_pb2.Workload) -> float:
        """When the runner's silence is a failure."""
        with_reference = bool(workload.reference_source)
        return budgets.longest_execution_s(workload.limits, len(workload.source), with_reference=with_reference)

    def _log(self, attempt_id: str, sandbox: Sandbox, workload: executor_pb2.Workload, ruling: Ruling) -> None:
        metrics.lost.labels(ruling.cause).inc()
        log.warning(
            "attempt %s, source %s, sandbox %s: no report, cause %s: %s",
            attempt_id,
            fingerprint(workload.source),
            sandbox.sandbox_id,
            ruling.cause,
            ruling.detail,
        )
