"""Runs and trainings for the figures' tests: of any size, the same ones each time."""

import random
from pathlib import Path

from codearena.evaluation.rewards import FinalReward
from codearena.outcomes import Outcome
from codearena.plots.data import COMPONENTS, Run, Step
from codearena.plots.history import History, Record, Training, ordered

_TASKS = ("easy-1", "medium-1", "hard-1", "security_bugs-1")
_OUTCOMES = ("solved", "tests pass", "tests fail", "load error", "compile error")
_CLASSES = ("O(1)", "O(n)", "O(n^2)", "unknown")


def step(reward: float = 0.5, **known: object) -> Step:
    """A step of easy-1 with all components."""
    facts: dict[str, object] = {
        "task_id": "easy-1",
        "number": 1,
        "components": dict.fromkeys(COMPONENTS, 0.5),
        "level": "easy",
        "method": "openai",
        "outcome": "tests fail",
        "complexity": "O(n)",
        "solved": False,
    }
    return Step(reward=reward, **(facts | known))  # type: ignore[arg-type]


def run(
    name: str, steps: int, seed: int = 0, tasks: tuple[str, ...] = _TASKS, methods: tuple[str, ...] = ("openai",)
) -> Run:
    """A run of episodes of one step, with something of everything, both ends of every scale among it."""
    rng = random.Random(seed)
    made = []
    for number in range(steps):
        task, outcome = tasks[number % len(tasks)], rng.choice(_OUTCOMES)
        ends = {0: 0.0, 1: 1.0}
        values = {part: ends.get(rng.randrange(6), rng.random()) for part in COMPONENTS if rng.random() > 0.2}
        made.append(
            step(
                ends.get(number % 7, rng.random()),
                task_id=task,
                components=values,
                level=task.partition("-")[0] if task in _TASKS[:3] else "medium",
                method=rng.choice(methods),
                outcome=outcome,
                complexity=rng.choice(_CLASSES),
                solved=outcome == "solved",
            )
        )
    return of_steps(name, *made)


def of_steps(name: str, *steps: Step) -> Run:
    """A run whose episodes have one step each."""
    return Run(
        name, list(steps), [FinalReward(each.task_id, each.level, each.reward, each.solved, 1) for each in steps]
    )


def records(count: int, seed: int = 0, **more: float) -> list[Record]:
    """What TRL's GRPOTrainer logs with one reward function and kinds of outcomes, and an evaluation in the middle."""
    rng = random.Random(seed)
    made: list[Record] = [
        {
            "step": float(number),
            "reward": rng.random(),
            "reward_std": rng.random() / 2,
            "frac_reward_zero_std": rng.random(),
            "rewards/codearena_reward/mean": rng.random(),
            "rewards/codearena_reward/std": 0.1,
            "completions/mean_length": 100 + rng.random(),
            "completions/clipped_ratio": rng.random(),
            "kl": rng.random() / 100,
            "entropy": rng.random(),
            "loss": rng.random() - 0.5,
            "grad_norm": rng.random(),
            "learning_rate": 1e-6,
            **{f"codearena/outcome/{kind}": 1 / len(Outcome) for kind in Outcome},
            **more,
        }
        for number in range(1, count + 1)
    ]
    return [*made, {"step": float(count // 2 + 1), "eval_reward": 0.5}]


def history(count: int, seed: int = 0, **more: float) -> History:
    return ordered(Path("trainer_state.json"), records(count, seed, **more))


def training(name: str, runs: int = 1, count: int = 100) -> Training:
    """Runs of different lengths, as seeds have them."""
    return Training(name, [history(max(1, count - 10 * seed), seed) for seed in range(runs)])
