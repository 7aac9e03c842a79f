"""The conductor between referee and attempt: relays each request, and keeps every limit and rule of a call.

The referee asks, the attempt's process answers, and neither has a descriptor of the other's. A request is a message to
the attempt like any other: a fresh nonce, the limits of one call, and a fresh process after one that ended. What it
made of a test is the referee's word alone; a test of which it said nothing was not run.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from executor_service.runner.outcomes import usage
from executor_service.runner.process import Answer, Process
from executor_service.runner.report import CallOutcome, CallStatus, Output, ScriptTestOutcome, ScriptTestStatus, Usage
from executor_service.runner.system.group import Waits
from executor_service.runner.system.output import HeadTail

REQUEST_BYTES = 20 * 1024 * 1024
"""Longest frame from the referee."""

_OF_SCRIPT = ("source", "entry_point", "body", "left_out", "unreported", "withheld")
_DETAIL_CHARACTERS = 8000
_DETAILS_CHARACTERS = 512 * 1024  # over all tests of a script, likewise
_OUTPUT_BYTES = 4 * 1024 * 1024  # kept of each stream over all tests of a script, so that a report stays within a frame
_ENDS = {
    "cpu": "the test script used up its CPU time",
    "wall": "the test script took too long",
    "group_cpu": "the CPU time of the whole attempt was used up",
    "flood": "the test script printed too much",
    "oversize": "the test script sent more than can be relayed",
}


@dataclass(frozen=True)
class Left:
    """The time that a request may still take, with all that is asked and answered in the midst of it, in seconds."""

    cpu_s: float
    wall_s: float

    def after(self, usage: Usage) -> "Left":
        """What is left, a millisecond at least, which is enough to notice that nothing is."""
        wall_s = usage.wall_s - usage.starved_s
        return Left(max(self.cpu_s - usage.cpu_s, 0.001), max(self.wall_s - wall_s, 0.001))


@dataclass
class Served:
    """The attempt's process as the referee's requests reach it.

    load: makes a fresh one; ask: sends it a message; whole: the limits of one request. The rest is summed up over all
    messages, and what was written since the last `take_output`. lost_at_limit: a process had to be killed at a limit,
    and with it what the script had made there.
    """

    process: Process
    load: Callable[[], tuple[Process, CallOutcome]]
    ask: Callable[[Process, dict[str, Any], Left], CallOutcome]
    keep_bytes: int
    whole: Left
    cpu_s: float = 0.0
    wall_s: float = 0.0
    waits: Waits = field(default_factory=Waits)
    peak_memory_bytes: int = 0

    def __post_init__(self) -> None:
        self._stdout, self._stderr = HeadTail(self.keep_bytes), HeadTail(self.keep_bytes)
        self._within = 0
        self._left = self.whole
        self._fresh = True
        self.lost_at_limit = False

    def begin(self) -> None:
        """Of a fresh referee, which knows nothing of what an earlier one was told, and of which nothing is known."""
        while self._within:
            self.answer(None)
        self._fresh, self.lost_at_limit = True, False

    def apply(self, request: str) -> CallOutcome:
        """What came of one request: an outcome, or a question of the attempt's, to which `answer` is the answer."""
        if not self.process.alive:
            self.process, load = self.load()
            self._count(load)
            if not load.returned:
                return load
        if not self._within:
            self._left = self.whole
        self._within += 1
        fresh, self._fresh = self._fresh, False
        return self._tell({"op": "apply", "request": request, "fresh": fresh})

    def answer(self, answer: str | None) -> CallOutcome:
        """What came of the request after the answer to a question. None: the test is over."""
        if not self._within:
            return CallOutcome("", CallStatus.CRASHED)
        return self._tell({"op": "back", "answer": answer})

    def _tell(self, message: dict[str, Any]) -> CallOutcome:
        outcome = self.ask(self.process, message, self._left)
        self._count(outcome)
        self._left = self._left.after(outcome.usage)
        if not self.process.alive:
            self._within = 0
            self.lost_at_limit = self.lost_at_limit or outcome.status is CallStatus.TIME_LIMIT
        elif outcome.status is not CallStatus.ASKS:
            self._within -= 1
        return outcome

    def _count(self, outcome: CallOutcome) -> None:
        """Keeps the sums and not the outcomes: a script may make very many requests."""
        usage = outcome.usage
        self.cpu_s += usage.cpu_s
        self.wall_s += usage.wall_s
        self.waits += Waits(usage.starved_s, usage.blocked_s)
        self.peak_memory_bytes = max(self.peak_memory_bytes, usage.peak_memory_bytes)
        for kept, written in ((self._stdout, outcome.stdout), (self._stderr, outcome.stderr)):
            kept.feed(written.head)
            kept.feed(written.tail)

    def take_output(self) -> tuple[Output, Output]:
        """Both streams, stdout first, which begin anew."""
        taken = self._stdout.output(), self._stderr.output()
        self._stdout, self._stderr = HeadTail(self.keep_bytes), HeadTail(self.keep_bytes)
        return taken


@dataclass(frozen=True)
class Hands:
    """start: makes a referee's process; ask: sends it a message, with its CPU limit in seconds, within the time of the
    attempt as a whole; over: why nothing more is to be run, or empty.
    """

    start: Callable[[], Process]
    ask: Callable[[Process, dict[str, Any], float], Answer]
    over: Callable[[], str]


class Relay:
    """Runs the tests of one script call. limits: of the referee's process, as it is told; bounds: the workload's."""

    def __init__(
        self,
        call: dict[str, Any],
        served: Served,
        hands: Hands,
        limits: dict[str, Any],
        bounds: dict[str, Any],
    ) -> None:
        self._script = call["test_script"]
        self._served = served
        self._hands = hands
        self._limits = limits
        self._bounds = bounds
        self._referee: Process | None = None
        self._lost = ""
        self._run_before: list[int | None] = []
        self._whole_script = self._script
        self._changed = self._keeps_arguments = False
        self._precedent: dict[str, Any] = {}
        self._detail_characters = _DETAILS_CHARACTERS // len(self._script["tests"])

    def run(self) -> tuple[ScriptTestOutcome, ...]:
        """One outcome for each test, in order."""
        try:
            tests = self._run_tests()
            return self._with_arguments_kept(tests) if self._changed else tests
        finally:
            self._end_referee()

    @property
    def precedent(self) -> bytes:
        """What the script asked of its source, JSON; empty if that is not the reference."""
        known = "precedent" in self._script
        return b"" if known else json.dumps(self._precedent, separators=(",", ":")).encode("ascii")

    def _with_arguments_kept(self, tests: tuple[ScriptTestOutcome, ...]) -> tuple[ScriptTestOutcome, ...]:
        """The tests once more, on arguments that the attempt cannot change: what passed has to pass again."""
        self._end_referee()
        self._served.process.kill()
        self._script, self._lost, self._run_before, self._keeps_arguments = self._whole_script, "", [], True
        again = self._run_tests()
        return tuple(
            replace(first, status=second.status, detail=second.detail) if first.passed else first
            for first, second in zip(tests, again, strict=True)
        )

    def _run_tests(self) -> tuple[ScriptTestOutcome, ...]:
        return tuple(self._run_test(test) for test in self._script["tests"])

    def _run_test(self, test: dict[str, Any]) -> ScriptTestOutcome:
        verdict = self._verdict(test)
        stdout, stderr = self._served.take_output()
        detail = verdict.detail[: self._detail_characters]
        return replace(verdict, test_id=test["test_id"], detail=detail, stdout=stdout, stderr=stderr)

    def _verdict(self, test: dict[str, Any]) -> ScriptTestOutcome:
        self._lost = self._lost or self._hands.over()
        if self._lost:
            return ScriptTestOutcome("", ScriptTestStatus.NOT_RUN, self._lost)
        if self._referee is None:
            loaded = self._load()
            if not loaded.passed:
                return loaded
        verdict = self._converse({"op": "run", "test": test})
        if self._referee is None and self._script["body"]:
            self._lost = "the test script ended before this test"  # its statements share what they have made
        self._run_before.append(test.get("line"))
        if self._served.lost_at_limit and not self._lost:
            self._begin_anew(test)
        return verdict

    def _begin_anew(self, test: dict[str, Any]) -> None:
        """After a test whose process had to be killed: the tests after it find what those before it have made.

        Statements run again, but for that one, and fail as they did. What a script with named tests makes as it loads
        is made again. That costs what it has cost so far, once: after the second limit nothing more is run.
        """
        self._end_referee()
        if self._script["body"]:
            left_out = [*self._script["left_out"], test["line"]]
            unreported = [*self._script["unreported"], *(line for line in self._run_before if line != test["line"])]
            self._script = {**self._script, "left_out": left_out, "unreported": unreported}

    def _load(self) -> ScriptTestOutcome:
        self._served.begin()
        self._referee = self._hands.start()
        self._referee.configure(0, REQUEST_BYTES)
        message = {
            "op": "load",
            "limits": self._limits,
            "value_bytes": self._bounds["value_bytes"],
            "keeps_arguments": self._keeps_arguments,
            "precedent": self._script.get("precedent"),
            **{key: self._script[key] for key in _OF_SCRIPT},
        }
        loaded = self._converse(message)
        if not loaded.passed:
            self._lost = loaded.detail or "the test script does not load"
            return _failed(self._lost)
        return loaded

    def _converse(self, message: dict[str, Any]) -> ScriptTestOutcome:
        """Relays until the referee is done with a message; its own time ends it, the attempt's does not."""
        assert self._referee is not None
        left_cpu_s = float(self._bounds["call_cpu_s"])
        while True:
            answer = self._hands.ask(self._referee, message, left_cpu_s)
            left_cpu_s = max(left_cpu_s - answer.cpu_s, 0.001)
            said = _said(answer)
            if said is None:
                self._end_referee()
                return _failed(_ENDS.get(answer.ended, "the test script ended without a verdict"))
            if "done" in said:
                self._precedent.update(said["precedent"])
                self._changed = self._changed or said.get("changed") is True
                return _verdict_of(said["done"])
            if over := self._hands.over():  # each of many requests may be short
                self._end_referee()
                return _failed(over)
            reply = self._served.apply(said["ask"]) if "ask" in said else self._served.answer(said["back"])
            message = self._reply(reply)

    def _reply(self, outcome: CallOutcome) -> dict[str, Any]:
        if outcome.status is CallStatus.ASKS:
            return {"op": "callback", "message": outcome.value}
        alive = self._served.process.alive
        return {"op": "reply", "status": outcome.status, "value": outcome.value, "alive": alive}

    def _end_referee(self) -> None:
        if self._referee is not None:
            self._referee.kill()
            self._referee = None


def _said(answer: Answer) -> dict[str, Any] | None:
    """The referee's words, None if it has ended or says what it never would."""
    if answer.body is None:
        return None
    try:
        said = json.loads(answer.body)
        return said if isinstance(said, dict) and not said.keys().isdisjoint(("done", "ask", "back")) else None
    except ValueError:
        return None


def _verdict_of(done: dict[str, Any]) -> ScriptTestOutcome:
    said = done.get("status")
    status = next((status for status in ScriptTestStatus if status == said), ScriptTestStatus.FAILED)
    return ScriptTestOutcome("", status, str(done.get("detail", ""))[:_DETAIL_CHARACTERS])


def _failed(detail: str) -> ScriptTestOutcome:
    return ScriptTestOutcome("", ScriptTestStatus.FAILED, detail)


def kept_bytes(call: dict[str, Any], output_bytes: int) -> int:
    """Of each stream for one test. output_bytes: the workload's bound."""
    return min(output_bytes, _OUTPUT_BYTES // len(call["test_script"]["tests"]))


def summary(call_id: str, served: Served, tests: tuple[ScriptTestOutcome, ...], precedent: bytes) -> CallOutcome:
    """What the script call came to: the tests, the precedent, and the usage of all its requests."""
    used = usage(served.cpu_s, served.wall_s, served.peak_memory_bytes, served.waits)
    return CallOutcome(call_id, CallStatus.RETURNED, usage=used, script_tests=tests, precedent=precedent)
