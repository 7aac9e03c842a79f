"""One attempt inside the executor: validate, lease, run, and either a report or an error. Knows no gRPC."""

import asyncio
import contextlib
import logging
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

from codearena.errors import SandboxError
from codearena.server import budgets, telemetry
from codearena.v1 import executor_pb2
from executor_service import causes, codec, metrics, reports
from executor_service.asked import Asked, AskedInTurn
from executor_service.causes import Cause, Ruling
from executor_service.host import host_class
from executor_service.isolation.base import Isolation, Sandbox, SandboxLostError
from executor_service.overtime import OutlivedError, UsualTime
from executor_service.pace import Pace
from executor_service.pool import Pool
from executor_service.runner.revision import interpreter
from executor_service.settings import RUNS, Settings
from executor_service.validation import validate

log = logging.getLogger(__name__)

Give = Callable[[executor_pb2.Report], Awaitable[None]]
"""Takes each report as soon as it is there."""


def _require_packages(needs: Sequence[str], packages: Sequence[str]) -> None:
    """Without them right code would fail, which must be nobody's outcome."""
    there = {_normal(package.partition("==")[0]) for package in packages}
    if missing := [name for name in needs if _normal(name) not in there]:
        lacking = f"the sandbox image has no {', '.join(missing)}, which the task needs (make image PACKAGES=...)"
        raise SandboxError(lacking, retry_after_s=None)


def _normal(package: str) -> str:
    """Its name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", package).lower()


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
        self._pace = Pace()

    async def execute(self, request: executor_pb2.AttemptRequest) -> executor_pb2.Report:
        """Runs the only workload of an attempt, as `serve` does."""
        reports: asyncio.Queue[executor_pb2.Report] = asyncio.Queue()

        async def alone() -> AsyncIterator[executor_pb2.AttemptRequest]:
            yield request

        await self.serve(alone(), reports.put)
        return reports.get_nowait()

    async def serve(self, requests: AsyncIterator[executor_pb2.AttemptRequest], give: Give, caller: str = "") -> None:
        """Runs what one attempt asks for, in a sandbox that no other has used; callers take turns in waiting for one.

        The sandbox stays the attempt's between two workloads, for no longer than settings.hold_s, and is made new for
        each, or exchanged where that fails. Cancelling destroys it.

        requests: the next is waited for once the last one's report was given. `wait` is the longest wait for a sandbox,
        and for another if it has to stand back for others, see overtime.py.

        Raises:
            CallerError: a workload is malformed or asks for too much.
            OverloadedError: the queue is full, or the wait was over.
            SandboxError: no sandbox could be made or kept, or it gave no usable report.
        """
        again = False
        async with contextlib.aclosing(AskedInTurn(requests, self._clock)) as turns:
            while (asked := await turns.current(self._settings.hold_s)) is not None:
                telemetry.attempt_id.set(asked.attempt_id or "-")
                validate(asked.workload, self._settings)
                lease = self._pool.lease(caller, asked.wait_s, self._usual_s(asked, turns), again=again)
                try:
                    async with lease as sandbox:
                        await self._serve_in(sandbox, turns, give)
                    again = False
                except OutlivedError:  # what it did so far is forgotten; that it is to wait again is none of its doing
                    again = True

    def _usual_s(self, asked: Asked, turns: AskedInTurn) -> UsualTime:
        """Of what is run at the time, and until that began, in the sandbox that is leased for `asked`."""
        begun: list[float] = []

        def usual_s() -> float:
            begun.append(self._clock())
            runs = turns.known or asked
            return max(0.0, runs.since - begun[0]) + self._pace.usual_s(runs.workload)

        return usual_s

    async def _serve_in(self, sandbox: Sandbox, turns: AskedInTurn, give: Give) -> None:
        """Until nothing more is asked for, or another sandbox is needed."""
        for run in range(RUNS):
            asked = await turns.current(self._settings.hold_s)
            if asked is None:
                return
            if run:
                validate(asked.workload, self._settings)
                try:
                    await sandbox.renew()
                except SandboxError as error:
                    log.info("sandbox %s is not used again: %s", sandbox.sandbox_id, error.detail)
                    return
            report = await self._executed(sandbox, asked)
            turns.answered()
            await give(report)

    async def _executed(self, sandbox: Sandbox, asked: Asked) -> executor_pb2.Report:
        leased_s = self._clock() - asked.since
        _require_packages(asked.workload.needs, sandbox.hello.packages)
        report, ran_s = await self._run(asked.attempt_id, sandbox, asked.workload)
        metrics.wait_seconds.observe(leased_s)
        metrics.run_seconds.observe(ran_s)
        metrics.attempts.labels(executor_pb2.AttemptStatus.Name(report.status)).inc()
        self._pace.note(asked.workload, report, ran_s)
        report.isolation.CopyFrom(self.isolation(sandbox))
        report.timings.leased.CopyFrom(codec.duration(leased_s))
        report.timings.ran.CopyFrom(codec.duration(ran_s))
        return report

    def isolation(self, sandbox: Sandbox | None = None) -> executor_pb2.Isolation:
        """What is in force, and for a sandbox also which one it is and what its runner had to do without."""
        info = self._isolation.describe()
        hello = sandbox.hello if sandbox else self._pool.hello
        missing = dict.fromkeys([*info.degradations, *(hello.degradations if sandbox and hello else ())])
        return executor_pb2.Isolation(
            name=info.name,
            runtime=info.runtime,
            sandbox_id=sandbox.sandbox_id if sandbox else "",
            degradations=list(missing),
            runner_revision=hello.revision if sandbox and hello else "",
            python=interpreter(hello.revision) if hello else "",
            packages=hello.packages if hello else (),
            host_class=self._settings.host_class or host_class(),
        )

    async def _run(
        self, attempt_id: str, sandbox: Sandbox, workload: executor_pb2.Workload
    ) -> tuple[executor_pb2.Report, float]:
        """The report, and the time in seconds from handing over the workload to its last byte."""
        started = self._clock()
        try:
            # When the runner's silence is a failure.
            timeout_s = budgets.longest_execution_s(workload.limits, with_reference=bool(workload.reference_source))
            data = await sandbox.run(codec.encode_workload(workload), timeout_s)
            ran_s = self._clock() - started
            report = reports.decode_report(data, workload)
            if not causes.reference_failed(workload, report):
                return report, ran_s
            ruling = Ruling(Cause.REFERENCE, "the reference gave nothing to measure against")
        except SandboxLostError as error:
            ruling = causes.rule(error.evidence)
        except codec.MalformedReportError as error:
            ruling = Ruling(Cause.MALFORMED, f"the runner sent no usable report: {error}")
        self._log(attempt_id, sandbox, workload, ruling)
        if not ruling.cause.is_the_attempts:
            raise SandboxError(ruling.detail)
        return causes.memory_report(workload), self._clock() - started

    def _log(self, attempt_id: str, sandbox: Sandbox, workload: executor_pb2.Workload, ruling: Ruling) -> None:
        metrics.lost.labels(ruling.cause).inc()
        log.warning(
            "attempt %s, source %s, sandbox %s: no report, cause %s: %s",
            attempt_id,
            telemetry.fingerprint(workload.source),
            sandbox.sandbox_id,
            ruling.cause,
            ruling.detail,
        )
