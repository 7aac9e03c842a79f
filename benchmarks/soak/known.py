"""What each source must get, whatever happens around it: known from a calm start, of hostile ones from their bounds.

Everything of a reward but the efficiency is a function of the source and its task, to the last bit: it must be equal.
An efficiency is measured. It may differ from the known one by NOISE, and is told apart from a wrong reward beyond; the
reward itself must be what its own components add up to.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from benchmarks import policy
from codearena.models import Verdict
from codearena.tasks.task import Task
from grader_service.settings import Settings
from tests.exploits.cases import Case

NOISE = 0.05
"""Of efficiency_score, between two measurements of equal sources: docs/reward.md has 0.02 for attempts of one class."""
_ROUNDING = 1e-6
_WEIGHTS = Settings()

Essence = tuple[float | int | str | None, ...]
Kind = tuple[str, str]
"""Id of a task, and a kind of the policy's sources."""


@dataclass
class Rewards:
    """known: of each kind of each task; wrong: what was found, in words; verdicts: those that it was found in; noise:
    of efficiencies, known less found."""

    known: dict[Kind, Verdict] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    noise: list[float] = field(default_factory=list)
    checked: int = 0

    def learn(self, kind: Kind, verdict: Verdict) -> None:
        """From the calm start; a second one of the same kind must agree."""
        if kind in self.known:
            self.check(kind, verdict)
        else:
            self.known[kind] = verdict

    def check(self, kind: Kind, verdict: Verdict) -> None:
        """Of a source of the policy."""
        self.checked += 1
        found_before = len(self.wrong)
        what, known = f"{kind[0]}, {kind[1]}", self.known[kind]
        if essence(verdict) != essence(known):
            self.wrong.append(f"{what}: {essence(verdict)} instead of {essence(known)}")
        found, usual = (each.reward_components.efficiency_score or 0.0 for each in (verdict, known))
        self.noise.append(found - usual)
        if abs(found - usual) > NOISE:
            self.wrong.append(f"{what}: efficiency {found:.3f} instead of {usual:.3f}")
        self._check_sum(what, verdict)
        self._keep(verdict, found_before)

    def check_hostile(self, case: Case, verdict: Verdict) -> None:
        """Of a hostile attempt: it stays within its bounds."""
        self.checked += 1
        found_before = len(self.wrong)
        expected, counts = case.expectation, verdict.execution_metadata
        passed = "none" if not counts.test_passed else "all" if counts.test_passed == counts.test_total else "some"
        broken = {
            "passes": expected.tests not in (None, passed),
            "passes too many": expected.most_passed is not None and counts.test_passed > expected.most_passed,
            "is solved": expected.solved not in (None, verdict.solved),
            "earns too much": verdict.reward > expected.max_reward,
        }
        self.wrong += [f"{case} {name} ({passed}, {verdict.reward:.2f})" for name, is_so in broken.items() if is_so]
        self._check_sum(str(case), verdict)
        self._keep(verdict, found_before)

    def _keep(self, verdict: Verdict, found_before: int) -> None:
        if len(self.wrong) > found_before:
            self.verdicts.append(verdict)

    def _check_sum(self, what: str, verdict: Verdict) -> None:
        raw = verdict.base - verdict.penalties.step - verdict.penalties.identical
        reward = min(_WEIGHTS.reward_max, max(_WEIGHTS.reward_min, raw))
        added = math.fsum(_terms(verdict))
        if abs(reward - verdict.reward) > _ROUNDING or abs(added - verdict.base) > _ROUNDING:
            self.wrong.append(f"{what}: reward {verdict.reward}, base {verdict.base}, components {added}")


def essence(verdict: Verdict) -> Essence:
    """All that a reward is made of, but the efficiency, which is measured."""
    components, counts = verdict.reward_components, verdict.execution_metadata
    return (
        components.compile_score,
        components.test_pass_ratio,
        components.llm_correctness,
        components.llm_security,
        components.llm_quality,
        counts.test_passed,
        counts.test_total,
        counts.status,
        verdict.solved,
        verdict.unearned,
    )


def kinds(tasks: Iterable[Task]) -> Sequence[tuple[Task, str]]:
    """All that the policy sends."""
    return [(task, kind) for task in tasks for kind in policy.KINDS]


def _terms(verdict: Verdict) -> Iterable[float]:
    components = verdict.reward_components
    weights = {
        "compile_score": _WEIGHTS.weight_compile,
        "test_pass_ratio": _WEIGHTS.weight_tests,
        "efficiency_score": _WEIGHTS.weight_efficiency,
        "llm_correctness": _WEIGHTS.weight_correctness,
        "llm_security": _WEIGHTS.weight_security,
        "llm_quality": _WEIGHTS.weight_quality,
    }
    return [weight * (getattr(components, name) or 0.0) for name, weight in weights.items()]
