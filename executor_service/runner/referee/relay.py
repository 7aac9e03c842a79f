"""The conductor between referee and attempt: relays each request, and keeps every limit and rule of a call.

The referee asks, the attempt's process answers, and neither has a descriptor of the other's. A request is a message to
the attempt like any other: a fresh nonce, the limits of one call, and a fresh process after one that ended. What it
made of a test is the referee's word alone; a test of which it said nothing was not run.
"""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from executor_service.runner.outcomes import usage
from executor_service.runner.process import Answer, Process
from executor_service.runner.system.group import Waits
from executor_service.runner.system.output import HeadTail

Outcome = dict[str, Any]  # the OUTCOME object of a report

REQUEST_BYTES = 20 * 1024 * 1024
"""Longest frame from the referee."""

_STATUSES = ("passed", "failed", "not_run")
_STREAMS = ("stdout", "stderr")
_OF_SCRIPT = ("source", "entry_point", "body", "left_out", "unreported")
_DETAIL_CHARACTERS = 8000
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

    def after(self, usage: dict[str, Any]) -> "Left":
        """What is left, a millisecond at least, which is enough to notice that nothing is."""
        wall_s = usage["wall_s"] - usage["starved_s"]
        return Left(max(self.cpu_s - usage["cpu_s"], 0.001), max(self.wall_s - wall_s, 0.001))


@dataclass
class Served:
    """The attempt's process as the referee's requests reach it.

    load: makes a fresh one; ask: sends it a message; whole: the limits of one request. The rest is summed up over all
    messages, and what was written since the last `take_output`. lost_at_limit: a process had to be killed at a limit,
    and with it what the script had made there.
    """

    process: Process
    load: Callable[[], tuple[Process, Outcome]]
    ask: Callable[[Process, dict[str, Any], Left], Outcome]
    keep_bytes: int
    whole: Left
    cpu_s: float = 0.0
    wall_s: float = 0.0
    waits: Waits = field(default_factory=Waits)
    peak_memory_bytes: int = 0

    def __post_init__(self) -> None:
        self._written = {name: HeadTail(self.keep_bytes) for name in _STREAMS}
        self._within = 0
        self._left = self.whole
        self._fresh = True
        self.lost_at_limit = False

    def begin(self) -> None:
        """Of a fresh referee, which knows nothing of what an earlier one was told, and of which nothing is known."""
        while self._within:
            self.answer(None)
        self._fresh, self.lost_at_limit = True, False

    def apply(self, request: str) -> Outcome:
        """What came of one request: an outcome, or a question of the attempt's, to which `answer` is the answer."""
        if not self.process.alive:
            self.process, load = self.load()
            self._count(load)
            if load["status"] != "returned":
                return load
        if not self._within:
            self._left = self.whole
        self._within += 1
        fresh, self._fresh = self._fresh, False
        return self._tell({"op": "apply", "request": request, "fresh": fresh})

    def answer(self, answer: str | None) -> Outcome:
        """What came of the request after the answer to a question. None: the test is over."""
        if not self._within:
            return {"status": "crashed", "value": None}
        return self._tell({"op": "back", "answer": answer})

    def _tell(self, message: dict[str, Any]) -> Outcome:
        outcome = self.ask(self.process, message, self._left)
        self._count(outcome)
        self._left = self._left.after(outcome["usage"])
        if not self.process.alive:
            self._within = 0
            self.lost_at_limit = self.lost_at_limit or outcome["status"] == "time_limit"
        elif outcome["status"] != "asks":
            self._within -= 1
        return outcome

    def _count(self, outcome: Outcome) -> None:
        """Keeps the sums and not the outcomes: a script may make very many requests."""
        usage = outcome["usage"]
        self.cpu_s += usage["cpu_s"]
        self.wall_s += usage["wall_s"]
        self.waits += Waits(usage["starved_s"], usage["blocked_s"])
        self.peak_memory_bytes = max(self.peak_memory_bytes, usage["peak_memory_bytes"])
        for name, kept in self._written.items():
            for part in ("head", "tail"):
                kept.feed(base64.b64decode(outcome[name][part]))

    def take_output(self) -> dict[str, Any]:
        """The OUTPUT objects of both streams, which begin anew."""
        taken = {name: kept.to_json() for name, kept in self._written.items()}
        self._written = {name: HeadTail(self.keep_bytes) for name in _STREAMS}
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

    def run(self) -> list[dict[str, Any]]:
        """One TEST object of a report for each test, in order."""
        try:
            tests = [self._run_test(test) for test in self._script["tests"]]
            return self._with_arguments_kept(tests) if self._changed else tests
        finally:
            self._end_referee()

    @property
    def precedent(self) -> str:
        """What the script asked of its source, JSON; empty if that is not the reference."""
        return "" if self._script["precedent"] is not None else json.dumps(self._precedent, separators=(",", ":"))

    def _with_arguments_kept(self, tests: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The tests once more, on arguments that the attempt cannot change: what passed has to pass again."""
        self._end_referee()
        self._served.process.kill()
        self._script, self._lost, self._run_before, self._keeps_arguments = self._whole_script, "", [], True
        again = [self._run_test(test) for test in self._script["tests"]]
        return [
            {**first, "status": second["status"], "detail": second["detail"]} if first["status"] == "passed" else first
            for first, second in zip(tests, again, strict=True)
        ]

    def _run_test(self, test: dict[str, Any]) -> dict[str, Any]:
        verdict = self._verdict(test)
        return {"test_id": test["test_id"], **verdict, **self._served.take_output()}

    def _verdict(self, test: dict[str, Any]) -> dict[str, str]:
        self._lost = self._lost or self._hands.over()
        if self._lost:
            return {"status": "not_run", "detail": self._lost}
        if self._referee is None:
            loaded = self._load()
            if loaded["status"] != "passed":
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

    def _load(self) -> dict[str, str]:
        self._served.begin()
        self._referee = self._hands.start()
        self._referee.configure(0, REQUEST_BYTES)
        message = {
            "op": "load",
            "limits": self._limits,
            "value_bytes": self._bounds["value_bytes"],
            "keeps_arguments": self._keeps_arguments,
            **{key: self._script[key] for key in (*_OF_SCRIPT, "precedent")},
        }
        loaded = self._converse(message)
        if loaded["status"] != "passed":
            self._lost = loaded["detail"] or "the test script does not load"
            return {"status": "failed", "detail": self._lost}
        return loaded

    def _converse(self, message: dict[str, Any]) -> dict[str, str]:
        """Relays until the referee is done with a message; its own time ends it, the attempt's does not."""
        assert self._referee is not None
        left_cpu_s = float(self._bounds["call_cpu_s"])
        while True:
            answer = self._hands.ask(self._referee, message, left_cpu_s)
            left_cpu_s = max(left_cpu_s - answer.cpu_s, 0.001)
            said = _said(answer)
            if said is None:
                self._end_referee()
                return {
                    "status": "failed",
                    "detail": _ENDS.get(answer.ended, "the test script ended without a verdict"),
                }
            if "done" in said:
                self._precedent.update(said["precedent"])
                self._changed = self._changed or said.get("changed") is True
                return _verdict(said["done"])
            if over := self._hands.over():  # each of many requests may be short
                self._end_referee()
                return {"status": "failed", "detail": over}
            reply = self._served.apply(said["ask"]) if "ask" in said else self._served.answer(said["back"])
            message = self._reply(reply)

    def _reply(self, outcome: Outcome) -> dict[str, Any]:
        if outcome["status"] == "asks":
            return {"op": "callback", "message": outcome["value"]}
        alive = self._served.process.alive
        return {"op": "reply", "status": outcome["status"], "value": outcome["value"], "alive": alive}

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


def _verdict(done: dict[str, Any]) -> dict[str, str]:
    status = done["status"] if done.get("status") in _STATUSES else "failed"
    return {"status": status, "detail": str(done.get("detail", ""))[:_DETAIL_CHARACTERS]}


def kept_bytes(call: dict[str, Any], output_bytes: int) -> int:
    """Of each stream for one test. output_bytes: the workload's bound."""
    return min(output_bytes, _OUTPUT_BYTES // len(call["test_script"]["tests"]))


def summary(served: Served, tests: list[dict[str, Any]], precedent: str) -> dict[str, Any]:
    """The part of the script call's OUTCOME that comes of its requests: usage summed up, the tests, the precedent."""
    used = usage(served.cpu_s, served.wall_s, served.peak_memory_bytes, served.waits)
    return {"status": "returned", "usage": used, "tests": tests, "precedent": precedent}
