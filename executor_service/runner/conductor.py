"""Conducts one workload: the reference, the attempt; one report.

Runs as a uid of its own, holds the only copy of the workload inside the sandbox, and hands each process just what it
needs: the source once, and each call's input when its turn has come.
"""

import base64
import contextlib
import functools
import json
import os
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from executor_service.runner import worker
from executor_service.runner.attempt import program, rules
from executor_service.runner.outcomes import from_answer, not_run, usage
from executor_service.runner.probe import measure, repeats
from executor_service.runner.probe.lending import Lender
from executor_service.runner.probe.raw import UNREAD, Transcripts
from executor_service.runner.process import (
    PAGE_FD,
    Answer,
    Bounds,
    HostBusyError,
    Process,
    StdinClosedError,
    Supervisor,
    SupervisorGoneError,
)
from executor_service.runner.referee import relay
from executor_service.runner.report import (
    Analysis,
    AttemptStatus,
    CallOutcome,
    CallStatus,
    ProbeMeasurement,
    ProbeProcess,
    Report,
    Uncompiled,
    Usage,
    written,
)
from executor_service.runner.revision import runner_revision
from executor_service.runner.room import REPORT_BYTES, Room, without_output
from executor_service.runner.system import frames, kernel, packages, witness
from executor_service.runner.system.group import Group, Waits
from executor_service.runner.system.meter import Meter
from executor_service.runner.system.roles import Confinement, ProcessLimits, Role, work_folder

_CPU_SLACK_S = 5  # the kernel's bound on a process stands behind the conductor's own, in whole seconds
_REFEREE_CPU_S = 2.0  # for one test: a test script is the author's, and the wall time of the attempt bounds it too
_HOST_BUSY = 75  # EX_TEMPFAIL of sysexits.h: there is no report
_AT_LIMIT = (CallStatus.TIME_LIMIT, CallStatus.MEMORY_LIMIT, CallStatus.OUTPUT_LIMIT)
_ANSWER_BYTES = 64  # of a message that is asked for no value: nothing, or how often a call was made


def main(control: socket.socket, stdin_fd: int, stdout_fd: int, confinement: Confinement) -> int:
    """Reads the workload, reports, returns the exit status; 0 if the executor hung up before or after.

    What it has open and what it knows ends with the process, which serves this workload alone.
    """
    supervisor = Supervisor(control)
    page = rules.make_page(confinement.folder)
    # Forked before the workload is here, and so off its path: it is blank, and gets to know only what it is told.
    spare = Process(supervisor, Role.ATTEMPT, stdin_fd, page=page)
    hello = {
        "runner_revision": runner_revision(),
        "degradations": list(confinement.degradations),
        "packages": list(packages.installed()),
    }
    frames.write_all(stdout_fd, frames.pack_json(hello))
    body = frames.read_frame(stdin_fd)
    if body is None:
        return 0
    try:
        report = _Conductor(json.loads(body), supervisor, spare, stdin_fd, confinement, page).run()
    except (StdinClosedError, SupervisorGoneError):
        return 0
    except HostBusyError:
        os.write(2, b"the host had no core for the attempt\n")
        return _HOST_BUSY
    frames.write_all(stdout_fd, frames.pack(report.to_json()))
    return 0


def _page_of(role: Role, page: int) -> int | None:
    """Where a process of the role has it written down that a rule was broken; only the attempt's is asked for."""
    return page if role is Role.ATTEMPT else None


class ProgramNotStartedError(Exception):
    """This sandbox cannot run programs."""


@dataclass
class _Run:
    """One source being run: the attempt or the reference.

    wall_left_s: for messages to its processes, without the time in which the host had no core for them.
    cpu_limit_s: of all its processes, by the count of `group`. may_reach: calls that may still end at a limit.
    room: for what is reported of it. unseen: it is to start no process, and made one while it loaded.
    compiles: it was run as a program before.
    cpu_s: summed over its processes, with all that they started; own_cpu_s: without.
    """

    role: Role
    source: str
    intercept: bool
    group: Group
    wall_left_s: float
    cpu_limit_s: float
    may_reach: int
    room: Room
    unseen: bool = False
    compiles: bool = False
    waits: Waits = field(default_factory=Waits)
    cpu_s: float = 0.0
    own_cpu_s: float = 0.0
    peak_memory_bytes: int = 0

    @property
    def ran(self) -> measure.Ran:
        """By all its processes so far."""
        return measure.Ran(self.own_cpu_s, self.cpu_s)

    def took(self, answer: Answer) -> None:
        """Counts the time of a message."""
        self.waits += answer.waits
        self.wall_left_s -= answer.wall_s - answer.waits.starved_s

    def ended(self, outcome: CallOutcome, process: Process) -> None:
        """Notes how a message to its process ended."""
        if not process.alive and outcome.status in _AT_LIMIT:
            self.may_reach -= 1

    def over(self) -> str:
        """Why no further call is made; empty: one may be."""
        if self.may_reach <= 0:
            return "calls before this one reached their limits, and no more are made after that many"
        if self.wall_left_s <= 0:
            return "the time of the whole attempt was over"
        if self.group.cpu_s >= self.cpu_limit_s:
            return "the CPU time of the whole attempt was used up"
        return ""


@dataclass(frozen=True)
class _Reference:
    """What the reference did; both empty if there is none."""

    outcomes: list[CallOutcome] = field(default_factory=list)
    probed: measure.Probed = field(default_factory=lambda: measure.Probed([]))
    beside: ProbeProcess = field(default_factory=ProbeProcess)


class _Conductor:
    def __init__(
        self,
        workload: dict[str, Any],
        supervisor: Supervisor,
        spare: Process,
        stdin_fd: int,
        confinement: Confinement,
        page: int,
    ) -> None:
        self._workload = workload
        self._limits = workload["limits"]
        self._starved_times: float = workload["starved_times"]
        self._supervisor = supervisor
        self._spare: Process | None = spare
        self._stdin_fd = stdin_fd
        self._referees: list[Process] = []
        self._meter = Meter(
            confinement.cpu_counter,
            lambda: sum(map(Process.cpu_of_all_s, self._referees)),
            confinement.supervisor_pid,
        )
        self._confinement = confinement
        self._processes = self._limits["processes"] if confinement.limit_processes else None
        self._calls: list[dict[str, Any]] = workload["calls"]
        self._probe: list[dict[str, Any]] = workload["probe"]
        self._events = rules.events_of(workload["checks"])
        self._page = page
        self._transcripts = Transcripts(self._limits["value_bytes"])
        share = 2 if workload["reference_source"] else 1  # so that an attempt may say as much as its reference
        outcomes = len(self._calls) + len(self._probe)
        self._rooms = {role: Room(REPORT_BYTES // share, outcomes) for role in (Role.REFERENCE, Role.ATTEMPT)}

    def run(self) -> Report:
        return self._run_attempt(self._run_reference())

    def _process(self, role: Role, with_stdin: bool = False) -> Process:
        """A process that nothing has run in yet."""
        if role is Role.ATTEMPT and not with_stdin and self._spare is not None:
            process, self._spare = self._spare, None
        else:
            process = Process(self._supervisor, role, self._stdin_fd, with_stdin, _page_of(role, self._page))
        process.configure(self._limits["output_bytes"], self._limits["value_bytes"])
        return process

    def _referee(self) -> Process:
        self._referees.append(process := self._process(Role.REFEREE))
        return process

    def _process_limits(self, cpu_s: float, memory_bytes: int | None = None) -> dict[str, Any]:
        """What the process is to bound itself by before it runs anything; cpu_s: of all that it will be asked."""
        memory_bytes = self._limits["memory_bytes"] if memory_bytes is None else memory_bytes
        return asdict(ProcessLimits(memory_bytes, int(cpu_s) + _CPU_SLACK_S, self._processes))

    def _run_reference(self) -> _Reference:
        """The reference's calls and its probe; nothing at all without one, or if it does not load."""
        if not self._workload["reference_source"]:
            return _Reference()
        run = self._new_run(Role.REFERENCE, self._workload["reference_source"])
        with self._metered(run):
            load, outcomes = self._run_calls(run, self._calls)
        if not load.returned:
            return _Reference()
        beside = measure.beside_calls(load, outcomes, run.ran)
        share = measure.reference_share(self._workload["probe_cpu_s"], self._probe, self._workload["screening"])
        return _Reference(outcomes, self._run_probe(run, self._probe, measure.Budget(), share), beside)

    def _new_run(self, role: Role, source: str) -> _Run:
        return _Run(
            role,
            source,
            intercept=any(call["intercept_processes"] for call in self._calls),
            group=self._group(role),
            wall_left_s=self._limits["attempt_wall_s"],
            cpu_limit_s=self._limits["attempt_cpu_s"],
            may_reach=self._limits["calls_at_limit"],
            room=self._rooms[role],
        )

    def _group(self, role: Role) -> Group:
        """Of the source that is run next in this role."""
        meter = None if self._confinement.cpu_counter is None else self._meter
        return Group(lambda: self._pids_of(role), meter, self._starts if self._confinement.own_pids else None)

    def _starts(self) -> int:
        """Tasks started in this sandbox so far, but for those that were asked for; always 0 if the kernel is silent."""
        last_pid = witness.last_pid()
        return last_pid - self._supervisor.spawned if last_pid else 0

    def _pids_of(self, role: Role) -> list[int]:
        """Whatever is there but supervisor, conductor, and processes of other roles."""
        running = self._supervisor.running
        if not self._confinement.own_pids:
            return [pid for pid, its_role in running.items() if its_role is role]
        ours = {1, self._confinement.supervisor_pid, os.getpid()}
        ours |= {pid for pid, its_role in running.items() if its_role is not role}
        return [pid for pid in (int(entry) for entry in os.listdir("/proc") if entry.isdigit()) if pid not in ours]

    def _run_attempt(self, reference: _Reference) -> Report:
        started = time.monotonic()
        run = self._new_run(Role.ATTEMPT, self._workload["source"])
        with self._metered(run):
            load, outcomes = self._run_calls(run, self._calls)
        if isinstance(load, Uncompiled):
            return Report(AttemptStatus.COMPILE_ERROR, Usage(), Analysis(load.problem))
        measured: tuple[ProbeMeasurement, ...] = ()
        processes = (reference.beside, measure.beside_calls(load, outcomes, run.ran))
        if reference.probed.outcomes:
            worth_it = load.returned and measure.worth_it(self._calls, reference.outcomes, outcomes)
            theirs = self._probe_attempt(run, reference.probed) if worth_it else measure.Probed([])
            measured = self._pairs(reference.probed, theirs)
            processes = (reference.probed.process, theirs.process)
        broken = rules.broken(self._page, self._events)
        return Report(
            AttemptStatus.RAN if load.returned else AttemptStatus.LOAD_ERROR,
            usage(run.cpu_s, time.monotonic() - started, run.peak_memory_bytes, run.waits),
            load=None if load.returned else run.room.fit(load),
            calls=tuple(outcomes),
            reference_calls=tuple(reference.outcomes),
            probe=measured,
            reference_probe_process=processes[0],
            attempt_probe_process=processes[1],
            broken_checks=tuple(broken),
        )

    def _probe_attempt(self, run: _Run, ours: measure.Probed) -> measure.Probed:
        """The sizes that the reference was measured at. ours: its probe."""
        pairs = zip(self._probe, ours.outcomes, strict=True)
        common = [(point, outcome) for point, outcome in pairs if measure.was_run(outcome)]
        budget = measure.attempt_budget(self._workload["probe_cpu_s"], ours, self._workload["screening"])
        run.wall_left_s = measure.wall_limit_s(budget)
        run.cpu_limit_s = run.group.cpu_s + measure.group_cpu_s(budget)
        stop = measure.Clear([outcome for _, outcome in common], self._workload["probe_stop_ratio"])
        return self._run_probe(run, [point for point, _ in common], budget, stop, ours)

    def _pairs(self, ours: measure.Probed, theirs: measure.Probed) -> tuple[ProbeMeasurement, ...]:
        """Each size on both; the attempt's calls of those that it was not measured at were not run."""
        by_call = {outcome.call_id: outcome for outcome in theirs.outcomes}
        return tuple(
            self._pair(point, outcome, by_call.get(outcome.call_id) or not_run(outcome.call_id))
            for point, outcome in zip(self._probe, ours.outcomes, strict=True)
        )

    def _pair(self, point: dict[str, Any], ours: CallOutcome, theirs: CallOutcome) -> ProbeMeasurement:
        """One size on both. Of values that are the same, and of one that there is no other to, nothing is sent."""
        same: bool | None = None
        if ours.returned and theirs.returned:
            if theirs.value is UNREAD:
                same = True
            elif ours.value is UNREAD:
                ours = replace(ours, value=self._original(ours.call_id))
                same = False if ours.value is None else None
        ours, theirs = (
            replace(each, value=None) if same is not None or each.value is UNREAD else each for each in (ours, theirs)
        )
        return ProbeMeasurement(point["size"], ours, theirs, point["added"], same)

    def _original(self, call_id: str) -> str | None:
        """The value of the reference's call; None if it has no encoding, or none that a report has room for."""
        try:
            text = self._transcripts.original(call_id)
        except ValueError:
            return None
        return text if self._rooms[Role.REFERENCE].take(len(written(text))) else None

    def _run_probe(
        self,
        run: _Run,
        points: list[dict[str, Any]],
        budget: measure.Budget,
        stop: measure.Stop,
        reference: measure.Probed | None = None,
    ) -> measure.Probed:
        """Makes the probe's calls in a process of their own, until one ends it. reference: its, if these are not."""
        if not points:
            return measure.Probed([])
        before = run.ran

        def ask(message: dict[str, Any], call_id: str, cpu_limit_s: float, lender: Lender) -> CallOutcome:
            answer = process.ask(message, self._bounds_of(run, cpu_limit_s), reply=lender.reply)
            run.took(answer)
            read = self._transcripts.keep if call_id and reference is None else self._transcripts.read
            value_bytes = self._limits["value_bytes"] if call_id and message["op"] == "collect" else _ANSWER_BYTES
            transcribe = functools.partial(read, call_id)
            outcome = from_answer(answer, call_id, value_bytes, transcribe, intercepted=run.intercept)
            return run.room.fit(outcome) if call_id else outcome

        with self._metered(run), kernel.on_one_core() as core:
            process, load = self._load(run, core)
            budget.spend(load.usage.cpu_s)
            longest_s = repeats.longest_s(self._workload["screening"])
            bounds = measure.Bounds(self._limits["call_cpu_s"], longest_s)
            asked = measure.run(ask, process, points, bounds, budget, not_run, stop, reference)
            process.kill()
            self._retire(run, process)
        return measure.with_process(asked, load.usage.cpu_s, run.ran.since(before))

    @contextlib.contextmanager
    def _metered(self, run: _Run) -> Iterator[None]:
        """Adds what the control group counts meanwhile and no process's end tells of."""
        told_s, counted_s = run.cpu_s, self._meter.others_s()
        yield
        run.cpu_s = max(run.cpu_s, told_s + self._meter.others_s() - counted_s)

    def _run_calls(self, run: _Run, calls: list[dict[str, Any]]) -> tuple[CallOutcome, list[CallOutcome]]:
        """Makes the calls in order, each in the process of the one before unless that one ended.

        Returns how the first load went, and one outcome for each call; none of a source that does not compile.
        """
        first_load: CallOutcome | None = None
        outcomes: list[CallOutcome] = []
        process: Process | None = None
        try:
            for index, call in enumerate(calls):
                if reason := run.over():
                    outcomes.append(not_run(call["call_id"], reason))
                    continue
                if "script" in call:
                    ran = self._run_script(run, call)
                    if isinstance(ran, Uncompiled):
                        return ran, []
                    outcomes.append(run.room.fit(ran))
                    continue
                if "test_script" in call and process is not None:
                    self._end(run, process)  # a test script gets a process that no other call was made in
                if process is None or not process.alive:
                    process, load = self._load(run, also=() if first_load else (CallStatus.UNCOMPILED,))
                    first_load = first_load or load
                    if not load.returned:
                        outcomes += [not_run(later["call_id"]) for later in calls[index:]]
                        break
                if "test_script" in call:
                    outcomes.append(run.room.fit(self._run_test_script(run, process, call)))
                    continue
                outcomes.append(run.room.fit(self._call(run, process, call)))
                self._retire(run, process if not process.alive else None)
        finally:
            if process is not None:
                self._end(run, process)
        return first_load or CallOutcome("", CallStatus.RETURNED), outcomes

    def _end(self, run: _Run, process: Process) -> None:
        end = process.kill()
        run.peak_memory_bytes = max(run.peak_memory_bytes, end.peak_memory_bytes if end else 0)
        self._retire(run, process)

    @staticmethod
    def _retire(run: _Run, process: Process | None) -> None:
        if process is not None:
            run.cpu_s += process.total_cpu_s
            run.own_cpu_s += process.own_cpu_s
            process.total_cpu_s = process.own_cpu_s = 0.0

    def _load(self, run: _Run, core: int | None = None, also: Sequence[CallStatus] = ()) -> tuple[Process, CallOutcome]:
        """A process that has loaded the source, or failed to. core: the only one it is to run on; also: see `_ask`."""
        process = self._process(run.role)
        process.group = run.group
        message = {
            "op": "load",
            "limits": self._process_limits(self._limits["attempt_cpu_s"]),
            **self._sources(run),
            "intercept": run.intercept,
            # A program is only run: what it does by signals has to work, and nobody sets its time beside another's.
            "uncounted": self._confinement.cpu_counter is None,
            "value_bytes": self._limits["value_bytes"],
            "core": core,
            "rules": {"events": list(self._events), "page": _page_of(run.role, PAGE_FD)},
        }
        last_pid = self._last_pid(run)
        outcome = self._ask(run, process, message, "", also)
        run.unseen = run.unseen or self._last_pid(run) != last_pid
        if not outcome.returned:
            process.kill()
            self._retire(run, process)
        return process, outcome

    def _sources(self, run: _Run) -> dict[str, str]:
        """What the run's processes run, in base64."""
        return {"prelude": self._workload["prelude"], "source": run.source, "driver": self._workload["driver"]}

    def _call(self, run: _Run, process: Process, call: dict[str, Any]) -> CallOutcome:
        kind = "function" if "function" in call else "sequence"
        message = {"op": "call", kind: call[kind], "environment": call["environment"]}
        last_pid = self._last_pid(run)
        outcome = self._ask(run, process, message, call["call_id"])
        if run.intercept and (run.unseen or self._last_pid(run) != last_pid):
            outcome = replace(outcome, processes=(*outcome.processes, witness.UNSEEN))
        return outcome

    def _last_pid(self, run: _Run) -> int:
        return self._supervisor.last_pid() if run.intercept else 0

    def _ask(
        self, run: _Run, process: Process, message: dict[str, Any], call_id: str, also: Sequence[CallStatus] = ()
    ) -> CallOutcome:
        """What comes of a message. also: see from_answer."""
        answer = process.ask(message, self._bounds_of(run, self._limits["call_cpu_s"]))
        run.took(answer)
        value_bytes = self._limits["value_bytes"] if message["op"] == "call" else _ANSWER_BYTES
        outcome = from_answer(answer, call_id, value_bytes, also=also, intercepted=run.intercept)
        run.ended(outcome, process)
        return outcome

    def _bounds_of(self, run: _Run, cpu_s: float, wall_s: float | None = None) -> Bounds:
        """For one message to a process of the run. wall_s: None: as for any call."""
        wall_s = min(float(wall_s or self._limits["call_wall_s"]), max(run.wall_left_s, 0.001))
        starved_s = max(0.0, self._limits["attempt_wall_s"] * self._starved_times - run.waits.starved_s)
        return Bounds(cpu_s, wall_s, starved_s, run.cpu_limit_s)

    def _run_test_script(self, run: _Run, process: Process, call: dict[str, Any]) -> CallOutcome:
        """Runs the tests in a referee, in the attempt's process and in fresh ones after it; none is left.

        Of an attempt without the entry point no test is run: many a script takes any exception for what it expects.
        """
        entry_point = call["test_script"]["entry_point"]
        if entry_point:
            found = self._ask(run, process, {"op": "find", "entry_point": entry_point}, call["call_id"])
            if not found.returned:
                self._end(run, process)
                return found

        def ask_attempt(process: Process, message: dict[str, Any], left: relay.Left) -> CallOutcome:
            bounds = self._bounds_of(run, left.cpu_s)
            bounds = replace(bounds, wall_s=min(bounds.wall_s, left.wall_s))
            answer = process.ask({**message, "soft_s": [bounds.cpu_s, bounds.wall_s]}, bounds)
            run.took(answer)
            outcome = from_answer(answer, "", self._limits["value_bytes"], also=worker.STATUSES_OF_REQUESTS)
            run.may_reach -= 1 if process.alive and outcome.status in _AT_LIMIT else 0
            run.ended(outcome, process)
            self._retire(run, process if not process.alive else None)
            return outcome

        def ask_referee(referee: Process, message: dict[str, Any], cpu_limit_s: float) -> Answer:
            answer = referee.ask(message, self._bounds_of(run, cpu_limit_s))
            run.took(answer)
            return answer

        keep_bytes = relay.kept_bytes(call, self._limits["output_bytes"])
        whole = relay.Left(self._limits["call_cpu_s"], self._limits["call_wall_s"])
        served = relay.Served(process, lambda: self._load(run), ask_attempt, keep_bytes, whole)
        limits = self._process_limits(self._limits["attempt_wall_s"])  # the referee's: of all its tests
        bounds = {**self._limits, "call_cpu_s": max(_REFEREE_CPU_S, self._limits["call_cpu_s"])}
        relayed = relay.Relay(call, served, relay.Hands(self._referee, ask_referee, run.over), limits, bounds)
        tests = relayed.run()
        self._end(run, served.process)
        return relay.summary(call["call_id"], served, tests, relayed.precedent)

    def _run_script(self, run: _Run, call: dict[str, Any]) -> CallOutcome:
        script = call["script"]
        own = script.get("limits", {})  # of what is not set there is a 0, or nothing
        limits = {**self._limits, **{name: limit for name, limit in own.items() if limit}}
        message = {
            "op": "script",
            "limits": self._process_limits(self._limits["attempt_cpu_s"], limits["memory_bytes"]),
            **self._sources(run),
            "compiles": run.compiles,
            "arguments": script["arguments"],
            "environment": call["environment"],
        }
        with self._process(run.role, with_stdin=True) as process:
            stdin = base64.b64decode(script["stdin"])
            process.group = run.group
            answer = process.ask(message, self._bounds_of(run, limits["call_cpu_s"], limits["call_wall_s"]), stdin)
            run.took(answer)
            self._retire(run, process)
        if run.role is Role.REFERENCE:  # its file must not be there for an attempt of the same uid
            program.remove_from(work_folder(run.role, self._confinement))
        outcome = from_answer(answer, call["call_id"], 0, also=(CallStatus.UNCOMPILED,))
        run.ended(outcome, process)
        if isinstance(outcome, Uncompiled):
            return outcome
        run.compiles = True
        if answer.body is not None and call is self._calls[0]:  # nothing but ours has run, and it was not started
            raise ProgramNotStartedError(outcome.raised.message if outcome.raised else outcome.detail)
        if answer.ended == "exited" and answer.exit and not answer.exit.signal:
            outcome = replace(outcome, status=CallStatus.RETURNED, detail="")
        # What the reference wrote nobody reads, and there is room for what the attempt writes.
        return without_output(outcome) if run.role is Role.REFERENCE else outcome
