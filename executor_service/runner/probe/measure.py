"""The probe as the conductor runs it: each call in three steps, with the kernel's CPU clock read between them.

The process that makes the calls is the attempt's to change, so nothing it does may be free: CPU time before and after a
call is reported as its overhead, loading and whatever its child processes burnt as that of the process. One budget
bounds all of it: the reference's sizes grow until its share is used, what it has left over is the attempt's, so that a
slow attempt costs little and its lower bound says enough.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from executor_service.runner.probe import repeats
from executor_service.runner.probe.lending import Lender
from executor_service.runner.process import Process
from executor_service.runner.report import CallOutcome, CallStatus, ProbeProcess

Ask = Callable[[dict[str, Any], str, float, Lender], CallOutcome]
"""Sends a message to the process and waits; arguments: message, call_id, CPU limit in seconds, what it may borrow."""

_LEAST_LIMIT_S = 0.002  # what is left for a call when the budget is spent: it ends as a time limit, as it should
_OF_REFERENCE = 3.0  # an attempt may always take this many times what the reference took, on the slowest machine too
_REFERENCE_SHARE = 1 / (_OF_REFERENCE + 2)  # of the budget: leaves so much, and as much again for loading and warm-ups
_END_S = 0.035  # of the attempt's part: its process's own start and end, and what a call exceeds its limit by
_SCREENING_S = 0.03  # of the attempt's part: loading, which is the attempt's own, and the warm-up
_WALL_S = 0.5
_WALL_OF_BUDGET = 2.0
_CHILDREN_S = 0.1  # what children may use before they are noticed to exceed the budget
_CLEAR_SIZES = 5
_SPARE_S = 0.005  # of the budget has to be there to repeat a call, which takes far less
_ENDS = (CallStatus.TIME_LIMIT, CallStatus.MEMORY_LIMIT, CallStatus.CRASHED)  # of a process
_OF_ITS_OWN = (CallStatus.RETURNED, CallStatus.RAISED)
_COMPARABLE_S = 0.0005  # the reference's call counts as this long at least: less is hardly more than the messages


@dataclass
class Budget:
    """CPU time for one process's probe; by default no less than its calls may take."""

    left_s: float = math.inf
    spent_s: float = 0.0

    def limit_s(self, call_cpu_s: float) -> float:
        return max(min(call_cpu_s, self.left_s), _LEAST_LIMIT_S)

    def spend(self, cpu_s: float) -> None:
        self.left_s -= cpu_s
        self.spent_s += cpu_s


@dataclass(frozen=True)
class Share:
    """When the reference has used its share of the budget, or would by a size that takes as long as the last one.

    cpu_s: the share; sizes: how many there are before a further round measures them once more. With further rounds the
    first has half of it. own_sizes: those of them up to the task's largest: what was added beyond is for calls that are
    too quick there.
    """

    cpu_s: float
    sizes: int
    rounds: int
    own_sizes: int
    decides: bool = False

    def reached(self, outcomes: Sequence[CallOutcome]) -> bool:
        if self.own_sizes <= len(outcomes) <= self.sizes and outcomes[-1].usage.cpu_s >= repeats.CLEAR_S:
            return True
        spent_s = [each.usage.cpu_s + each.overhead_cpu_s + each.repeated_cpu_s for each in outcomes]
        first_of_many = self.rounds > 1 and len(outcomes) <= self.sizes
        return sum(spent_s) + spent_s[-1] > (self.cpu_s / 2 if first_of_many else self.cpu_s)


@dataclass(frozen=True)
class Clear:
    """When an attempt's growth is clear. reference: its outcomes, point by point; ratio: 0 for never.

    One size may have been disturbed, so two in a row have to show it, and a class is not seen in a few sizes.
    """

    reference: Sequence[CallOutcome]
    ratio: float
    decides: bool = True

    def reached(self, outcomes: Sequence[CallOutcome]) -> bool:
        if self.ratio <= 0 or len(outcomes) < _CLEAR_SIZES:
            return False
        before, last = (self._ratio(index, outcomes[index]) for index in (len(outcomes) - 2, len(outcomes) - 1))
        return last >= self.ratio and before >= self.ratio / 2

    def _ratio(self, index: int, outcome: CallOutcome) -> float:
        if not outcome.returned:
            return 0.0
        return outcome.usage.cpu_s / max(self.reference[index].usage.cpu_s, _COMPARABLE_S)


Stop = Share | Clear
"""When larger sizes are left out: `reached`, by the outcomes of the points so far.

decides: it is asked no more once reached, and the first of the larger sizes is tried, to end as a time limit.
"""


@dataclass
class Probed:
    """What one source's probe gave. spent_s: CPU time of all steps of its calls; load, other: as in ProbeProcess.

    warm_up_s: of the first call, which is none of them. tree_cpu_s: all of the process and of what it started.
    item_s: CPU time of the call for each lent item that it read, by call_id. idle_s: of a step that makes no call.
    """

    outcomes: list[CallOutcome]
    load_cpu_s: float = 0.0
    other_cpu_s: float = 0.0
    spent_s: float = 0.0
    warm_up_s: float = 0.0
    tree_cpu_s: float = 0.0
    item_s: dict[str, float] = field(default_factory=dict)
    idle_s: float = 0.0

    @property
    def process(self) -> ProbeProcess:
        return ProbeProcess(self.load_cpu_s, self.other_cpu_s, self.idle_s)


@dataclass(frozen=True)
class Ran:
    """CPU time of processes in seconds. own_s: their own; tree_s: with all that they started."""

    own_s: float
    tree_s: float

    def since(self, before: "Ran") -> "Ran":
        """What has come since then."""
        return Ran(self.own_s - before.own_s, self.tree_s - before.tree_s)


def beside_calls(load: CallOutcome, outcomes: list[CallOutcome], ran: Ran) -> ProbeProcess:
    """As Probed.process, of processes that made a workload's calls. ran: all of them."""
    called_s = sum(outcome.usage.cpu_s for outcome in outcomes)
    return with_process(Probed([], spent_s=called_s), load.usage.cpu_s, ran).process


def worth_it(calls: list[dict[str, Any]], reference: list[CallOutcome], attempt: list[CallOutcome]) -> bool:
    """False if a call ended in another way than the reference's: that attempt passes no test by it, however fast.

    An attempt may refuse to start a process that the reference starts, so those calls may differ.
    """
    for call, ours, theirs in zip(calls, reference, attempt, strict=True):
        same = ours.status == theirs.status or ours.status not in _OF_ITS_OWN
        refused = call["intercept_processes"] and theirs.status in _OF_ITS_OWN
        if theirs.status not in _OF_ITS_OWN or not (same or refused):
            return False
    return True


def was_run(outcome: CallOutcome) -> bool:
    return outcome.status is not CallStatus.NOT_RUN


def reference_share(probe_cpu_s: float, points: Sequence[dict[str, Any]], screening: bool) -> Share:
    """When to leave out larger sizes of the reference's probe. A screening has those alone that it got to before."""
    sizes = {point["size"] for point in points}
    largest = max((point["size"] for point in points if screening or not point["added"]), default=0)
    own_sizes = sum(size <= largest for size in sizes)
    return Share(probe_cpu_s * _REFERENCE_SHARE, len(sizes), len(points) // max(1, len(sizes)), own_sizes)


def attempt_budget(probe_cpu_s: float, reference: Probed, screening: bool) -> Budget:
    """What the reference left over, but never less than a multiple of what its calls took.

    Of a screening little more than that multiple: what takes longer will be measured by all sizes.
    """
    left_s = _SCREENING_S if screening else probe_cpu_s - reference.tree_cpu_s - _END_S
    of_reference_s = _OF_REFERENCE * reference.spent_s
    return Budget(left_s + of_reference_s if screening else max(left_s, of_reference_s))


def wall_limit_s(budget: Budget) -> float:
    """For the whole probe: no process's CPU clock moves while the attempt sleeps or lets a child do the work."""
    return _WALL_S + _WALL_OF_BUDGET * budget.left_s


def group_cpu_s(budget: Budget) -> float:
    """CPU time that all processes of the attempt may use for the whole probe."""
    return budget.left_s + _CHILDREN_S


@dataclass(frozen=True)
class Bounds:
    """CPU time of one call. call_s: that it may take; repeated_s: up to which it is made again."""

    call_s: float
    repeated_s: float


def run(
    ask: Ask,
    process: Process,
    points: list[dict[str, Any]],
    bounds: Bounds,
    budget: Budget,
    not_run: Callable[[str], CallOutcome],
    stop: Stop,
    reference: Probed | None = None,
) -> Probed:
    """Makes the calls in a process that has loaded its source, or failed to; the rest is not run once it has ended.

    When `stop` is reached larger sizes are left out. reference: its probe, unless this is it. A lent item costs no less
    here than there, since how an attempt asks for one is its own to change, and how often it asks is not; what a step
    takes that makes no call is known from there for the same reason.

    The smallest call is made once more before all others and dropped, unless it ends the process: it fills the caches
    of the interpreter and the machine. What it takes counts as done beside the calls, since what it leaves behind may
    be work for all of them.
    """

    steps = _Steps(ask, bounds.call_s, budget)
    item_s = reference.item_s if reference else {}
    paid_s: dict[str, float] = {}

    def measured(point: dict[str, Any], idle_s: float | None = None) -> CallOutcome:
        call_id = point["call"]["call_id"]
        if not process.alive:
            return replace(steps.ended_by.pop(), call_id=call_id) if steps.ended_by else not_run(call_id)
        outcome, read = _measure(steps, point, item_s.get(call_id, 0.0))
        if read:  # what was lent is not read again, and so would take no time
            paid_s[call_id] = outcome.usage.cpu_s / read
        elif idle_s is not None and outcome.returned and "lend" not in point and budget.left_s > _SPARE_S:
            repeated = repeats.repeat(steps.again, outcome.usage.cpu_s, idle_s, bounds.repeated_s)
            return replace(outcome, repeated_calls=repeated.calls, repeated_cpu_s=repeated.cpu_s)
        return outcome

    loaded_s = budget.spent_s
    warm_up, largest = measured(points[0]), math.inf
    idle_s = 0.0
    if reference:
        idle_s = reference.idle_s
    elif process.alive:
        idle_s = repeats.idle_s(repeats.idle_steps(steps.again))
    warmed_up_s = budget.spent_s
    outcomes: list[CallOutcome] = []
    for point in points:
        left_out = point["size"] > largest
        outcomes.append(not_run(point["call"]["call_id"]) if left_out else measured(point, idle_s))
        asked_before = largest < math.inf and stop.decides
        if not left_out and not asked_before and stop.reached(outcomes):
            largest = point["size"]
    if not was_run(outcomes[0]):
        outcomes[0] = warm_up
    for index in [index for index, point in enumerate(points) if point["size"] > largest and stop.decides][:1]:
        budget.left_s = 0.0
        outcomes[index] = measured(points[index], idle_s)
    spent_s, warm_up_s = budget.spent_s - warmed_up_s, warmed_up_s - loaded_s
    return Probed(outcomes, spent_s=spent_s, warm_up_s=warm_up_s, item_s=paid_s, idle_s=idle_s)


def with_process(probed: Probed, load_cpu_s: float, ran: Ran) -> Probed:
    """Adds what was done beside the calls. ran: the process and all that it started.

    What the process itself did is loading and messages, whichever of these work was moved to. Its start before them and
    its end after them are the kernel's doing, take longer on a busy host, and are charged to nobody. What is left are
    children; those of a process that a limit ended are in the time of its last message.
    """
    told_s = load_cpu_s + probed.spent_s + probed.warm_up_s
    children_s = max(0.0, ran.tree_s - max(ran.own_s, told_s))
    other_s = children_s + probed.warm_up_s
    return replace(probed, load_cpu_s=load_cpu_s, other_cpu_s=other_s, tree_cpu_s=ran.tree_s)


class _Steps:
    """One process's messages about calls, paid from one budget.

    ended_by: what a repeated call came to that ended the process, in place of the call after it; at most one.
    """

    def __init__(self, ask: Ask, call_cpu_s: float, budget: Budget) -> None:
        self._ask = ask
        self._call_cpu_s = call_cpu_s
        self.budget = budget
        self.ended_by: list[CallOutcome] = []

    def make(self, message: dict[str, Any], call_id: str, may_borrow: Lender) -> CallOutcome:
        outcome = self._ask(message, call_id, self.budget.limit_s(self._call_cpu_s), may_borrow)
        self.budget.spend(outcome.usage.cpu_s)
        return outcome

    def again(self, message: dict[str, Any]) -> CallOutcome:
        """A step of a call that was made before, of which nothing is reported."""
        outcome = self.make(message, "", Lender())
        if outcome.status in _ENDS:
            self.ended_by = [outcome]
        return outcome


def _measure(steps: _Steps, point: dict[str, Any], item_s: float) -> tuple[CallOutcome, int]:
    """What came of the call, and how many lent items it read. item_s: the least that each costs."""
    call, function = point["call"], point["call"]["function"]
    lender, nothing = Lender(point), Lender()
    prepare = {
        "op": "prepare",
        "calls": [{**function, **lender.args_left}],
        "vary": point.get("vary"),
        "lend": point.get("lend"),
        "environment": call["environment"],
    }
    invoked: CallOutcome | None = None
    overhead_s = 0.0
    for message in (prepare, {"op": "invoke"}, {"op": "collect"}):
        may_borrow = lender if message["op"] == "invoke" else nothing  # and not while nobody times it
        outcome = steps.make(message, call["call_id"], may_borrow)
        if message["op"] == "invoke":
            unpaid_s = max(0.0, lender.read * item_s - outcome.usage.cpu_s)
            invoked = replace(outcome, usage=replace(outcome.usage, cpu_s=outcome.usage.cpu_s + unpaid_s))
            steps.budget.left_s -= unpaid_s  # not spent: no process's clock knows of it
        else:
            overhead_s += outcome.usage.cpu_s
        if not outcome.returned:
            break
    if invoked is not None:
        outcome = replace(outcome, stdout=invoked.stdout, stderr=invoked.stderr, usage=invoked.usage)
    return replace(outcome, overhead_cpu_s=overhead_s), lender.read
