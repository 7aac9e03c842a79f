"""What attempts add to the history, counted in this process until it is written.

A chart takes a few counters for each moment, whatever happens in it. So nothing is written for an attempt: it adds to
counters here, and every second these are added to those of all gateways. A gateway that is killed takes what it counted
since with it; what must be exact is in /stats, which the commit of each step counts.
"""

from collections import defaultdict
from collections.abc import Callable

from codearena.tasks.task import Level
from codearena.v1 import executor_pb2, grader_pb2
from gateway.clock import now_ms
from gateway.metrics import components_of, growth_of, judge_name, outcome_of
from gateway.store.records import Counted, Counts

MICRO = 1_000_000
"""Sums of rewards and components are kept in millionths: sums of integers do not drift."""
SLOT_MS = 10_000
"""Attempts of so long are counted together; every bucket of the history is made of whole slots."""
OTHER = "other"
_SLOTS_KEPT = 360  # while the store is away
_METHODS_KEPT = 32  # told apart in a slot


class Tally:
    """Counters by slot of time and by agent. A counter's name is dimension/value/counter, as in /stats."""

    def __init__(self, clock: Callable[[], int] = now_ms) -> None:
        self._clock = clock
        self._begin()

    def _begin(self) -> None:
        self._slots: dict[int, defaultdict[str, int]] = {}
        self._agents: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
        self._seen: dict[str, int] = {}

    def attempt(self, level: Level, report: executor_pb2.Report, verdict: grader_pb2.Verdict) -> None:
        """Counts an attempt that was graded, whoever asked for it."""
        slot, reward = self._slot(), round(verdict.reward * MICRO)
        slot["total/all/attempts"] += 1
        slot["total/all/reward"] += reward
        slot[f"level/{level.value}/attempts"] += 1
        slot[f"level/{level.value}/reward"] += reward
        slot[f"outcome/{outcome_of(report, verdict)}/count"] += 1
        slot[f"complexity/{growth_of(verdict.complexity)}/count"] += 1
        slot[f"judge/{judge_name(verdict.judge)}/count"] += 1
        for name, score in components_of(verdict).items():
            if score is not None:
                slot[f"component/{name}/count"] += 1
                slot[f"component/{name}/sum"] += round(score * MICRO)

    def step(self, agent_id: str, method: str, verdict: grader_pb2.Verdict, *, done: bool, evaluates: bool) -> None:
        """Counts an attempt that was committed as a step, beside `attempt`. done: its episode has ended."""
        slot, agent, reward = self._slot(), self._agents[agent_id], round(verdict.reward * MICRO)
        slot["total/all/steps"] += 1
        slot[f"method/{self._told_apart(slot, method)}/count"] += 1
        self._seen[agent_id] = self._clock()
        agent["steps"] += 1
        agent["reward"] += reward
        agent["evaluations"] += evaluates
        if done:
            for name, amount in (("episodes", 1), ("solved", int(verdict.solved)), ("final", reward)):
                slot[f"total/all/{name}"] += amount
                agent[name] += amount

    def groups(self, count: int, varied: int) -> None:
        """Counts groups of which there are two rewards, and those of which two differ."""
        slot = self._slot()
        slot["total/all/groups"] += count
        slot["total/all/varied"] += varied

    def fix(self, method: str) -> None:
        """Counts an answer of /fix. method: as it names it: of a closed set."""
        self._slot()[f"fix/{method}/count"] += 1

    def take(self) -> Counted:
        """All that was counted since it was last taken."""
        taken = Counted(self._slots, self._agents, self._seen)
        self._begin()
        return taken

    def _slot(self) -> defaultdict[str, int]:
        start_ms = self._clock() // SLOT_MS * SLOT_MS
        slot = self._slots.get(start_ms)
        if slot is None:
            if len(self._slots) >= _SLOTS_KEPT:
                del self._slots[min(self._slots)]
            slot = self._slots[start_ms] = defaultdict(int)
        return slot

    def _told_apart(self, slot: Counts, method: str) -> str:
        """Whoever sends steps chooses the names."""
        if f"method/{method}/count" in slot:
            return method
        return method if sum(name.startswith("method/") for name in slot) < _METHODS_KEPT else OTHER
