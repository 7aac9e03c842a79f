"""Scripted learners for the simulation of the curriculum: what they can do, and how practice changes it.

A learner solves a task with a chance that follows from its skill and the task's difficulty (item response theory, with
one parameter: Rasch, "Probabilistic Models for Some Intelligence and Attainment Tests", 1960). An episode moves its
skill by p(1-p), which is what the gradient of a policy's success is made of: nothing is learned where every attempt
succeeds or every attempt fails. What is learned at one task helps at others of like difficulty, less so further away.
"""

import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

TASKS = 30
EASIEST, HARDEST = -2.0, 6.0  # difficulties, in logits; skill begins at 0
_SOLVED, _FAILED = (0.85, 0.99), (0.05, 0.40)  # final rewards, drawn evenly
_GAIN = 0.05  # of skill at the task itself, at p(1-p) = 1/4
LAPSE = 150  # episodes before the forgetful one loses everything
_REACH = 0.8  # in logits of difficulty: how far it helps elsewhere
_TRANSFER = 0.5  # of the gain, at a task as difficult


@dataclass
class Learner:
    """difficulties: of each task; inf: it is never learned. decay: of what was learned, with each episode.

    lapses: episodes after which all that was learned is gone.
    """

    difficulties: Mapping[str, float]
    rng: random.Random
    decay: float = 0.0
    lapses: frozenset[int] = frozenset()
    episodes: int = 0
    skills: dict[str, float] = field(default_factory=dict)

    def chance(self, task_id: str) -> float:
        """Of solving the task now."""
        return 1 / (1 + math.exp(self.difficulties[task_id] - self.skills.get(task_id, 0.0)))

    def play(self, task_id: str) -> tuple[bool, float]:
        """An episode: whether it was solved, and its final reward; the learner is another one afterwards."""
        chance = self.chance(task_id)
        solved = self.rng.random() < chance
        reward = self.rng.uniform(*(_SOLVED if solved else _FAILED))
        self.episodes += 1
        self._practise(task_id, 4 * chance * (1 - chance) * _GAIN)
        if self.episodes in self.lapses:
            self.skills = {}
        return solved, reward

    def mean(self) -> float:
        """The reward to be expected of an episode of any task, chosen evenly."""
        return _mean([self.chance(task_id) for task_id in self.difficulties])

    def limit(self) -> float:
        """What the mean would be if all were learned that can be."""
        return _mean([float(math.isfinite(difficulty)) for difficulty in self.difficulties.values()])

    def _practise(self, task_id: str, gain: float) -> None:
        at = self.difficulties[task_id]
        for other, difficulty in self.difficulties.items():
            skill = self.skills.get(other, 0.0) * (1 - self.decay)
            if other == task_id:
                skill += gain
            elif gain and math.isfinite(difficulty):
                skill += gain * _TRANSFER * math.exp(-abs(difficulty - at) / _REACH)
            self.skills[other] = skill


def steady(task_ids: Sequence[str], rng: random.Random) -> Learner:
    """Learns every task in the end, and keeps what it has learned."""
    return Learner(_spread(task_ids), rng)


def blocked(task_ids: Sequence[str], rng: random.Random) -> Learner:
    """A third of the tasks, at every level, is beyond it for good."""
    spread = _spread(task_ids)
    return Learner({name: math.inf if at % 3 == 2 else spread[name] for at, name in enumerate(task_ids)}, rng)


def forgetful(task_ids: Sequence[str], rng: random.Random) -> Learner:
    """Loses a little of everything with each episode, and once all of it, as a policy that collapses does."""
    return Learner(_spread(task_ids), rng, decay=0.0003, lapses=frozenset({LAPSE}))


KINDS: Mapping[str, Callable[[Sequence[str], random.Random], Learner]] = {
    "steady": steady,
    "blocked": blocked,
    "forgetful": forgetful,
}


def _mean(chances: Sequence[float]) -> float:
    return sum(chance * sum(_SOLVED) / 2 + (1 - chance) * sum(_FAILED) / 2 for chance in chances) / len(chances)


def _spread(task_ids: Sequence[str]) -> dict[str, float]:
    step = (HARDEST - EASIEST) / (len(task_ids) - 1)
    return {name: EASIEST + at * step for at, name in enumerate(task_ids)}
