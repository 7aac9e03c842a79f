"""What a soak has found: one line for each promise, whether it was kept, and the figures behind it."""

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.mix_report import markdown
from benchmarks.soak.deployment import Deployment
from benchmarks.soak.known import NOISE, Rewards
from benchmarks.soak.load import Load
from benchmarks.soak.resources import Held

_MIB = 1024**2
_HOUR_S = 3600.0
_SHOWN = 10
WARM_S = 600.0
"""Memory is followed from then on: until then caches fill."""
FOLLOWED_S = 600.0
"""Least time over which a line through it says something."""
SLOPE_MIB_H = 1.0
_FILES_MORE = 16  # connections to replicas that were started again are other ones, and some are closed late
_SANDBOXES_MORE = 16  # of two pools that have seen waits, and keep more ready for a while: as many as may be leased
_PROCESSES, _NAMESPACES = 3, 7  # of one sandbox


@dataclass(frozen=True)
class Slope:
    """Of one service's memory, by least squares. error: its standard error; both MiB an hour. over_s: of how long."""

    mib_h: float
    error: float
    over_s: float

    @property
    def flat(self) -> bool:
        """Not certainly more than what is promised: the slope less twice its error. Too short a time tells nothing."""
        return self.over_s < FOLLOWED_S or self.mib_h - 2 * self.error < SLOPE_MIB_H


@dataclass(frozen=True)
class Soaked:
    """One soak. before: at rest, warm; after: at rest again; left: when all was stopped; began, ended: the load."""

    deployment: Deployment
    load: Load
    rewards: Rewards
    samples: Sequence[Held]
    before: Held
    after: Held
    left: Held
    began: float
    ended: float
    isolation: str

    @property
    def loaded(self) -> list[Held]:
        """Samples while the load was on."""
        return [held for held in self.samples if self.began <= held.at <= self.ended]


def slopes(soaked: Soaked) -> dict[str, Slope]:
    """Of each service that was never killed, after the first ten minutes, or the first third of less."""
    warm = min(WARM_S, (soaked.ended - soaked.began) / 3)
    held = [each for each in soaked.loaded if each.at >= soaked.began + warm]
    return {name: _slope([each for each in held if name in each.memory], name) for name in soaked.before.memory}


def _slope(held: Sequence[Held], name: str) -> Slope:
    if len(held) < 3:
        return Slope(0.0, float("inf"), 0.0)
    hours = np.array([each.at - held[0].at for each in held]) / _HOUR_S
    sizes = np.array([each.memory[name] for each in held]) / _MIB
    slope, start = np.polyfit(hours, sizes, 1)
    residuals = sizes - (slope * hours + start)
    spread = float(np.sum((hours - hours.mean()) ** 2))
    error = float(np.sqrt(np.sum(residuals**2) / (len(held) - 2) / spread))
    return Slope(float(slope), error, held[-1].at - held[0].at)


def broken(soaked: Soaked) -> dict[str, list[str]]:
    """Each promise, and what breaks it; empty: it was kept."""
    before, after = soaked.before, soaked.after
    grown = {
        "processes without a parent": (after.orphans, 0),
        "processes": (after.processes, before.processes + _PROCESSES * _SANDBOXES_MORE),
        "namespaces": (after.namespaces, before.namespaces + _NAMESPACES * _SANDBOXES_MORE),
        "temporary files": (after.temporary, before.temporary),
        "control groups of containers that are gone": (after.groups, 0),
        **{f"open files of {name}": (after.files[name], before.files[name] + _FILES_MORE) for name in before.files},
        "processes when all is stopped": (soaked.left.processes, 0),
        "containers when all is stopped": (soaked.left.containers, 0),
    }
    return {
        "no step is lost or doubled": soaked.load.steps_wrong,
        "no reward is wrong or made up": soaked.rewards.wrong,
        "no service ends by itself": soaked.deployment.ended,
        "nothing leaks": [f"{what}: {found}, at most {most}" for what, (found, most) in grown.items() if found > most],
        f"memory grows by less than {SLOPE_MIB_H:.0f} MiB an hour": [
            f"{name}: {slope.mib_h:.1f} ± {slope.error:.1f}" for name, slope in slopes(soaked).items() if not slope.flat
        ],
    }


def text(soaked: Soaked) -> str:
    """In Markdown."""
    parts = [_summary(soaked), _promises(soaked), _kinds(soaked), _memory(soaked), _held(soaked)]
    parts.append(_chaos(soaked) if soaked.deployment.kills else _cpu(soaked))
    return "\n\n".join(parts)


def _summary(soaked: Soaked) -> str:
    load, minutes = soaked.load, (soaked.ended - soaked.began) / 60
    steps = sum(len(played.sources) for played in load.played)
    noise = [abs(each) for each in soaked.rewards.noise if each]
    share = statistics.quantiles(noise, n=100)[98] if len(noise) > 1 else 0.0
    return (
        f"{minutes:.1f} minutes, isolation {soaked.isolation}: {len(load.answers)} attempts were graded "
        f"({len(load.answers) / minutes / 60:.2f} a second), {steps} of them steps of {len(load.played)} episodes. "
        f"{len(soaked.deployment.kills)} replicas were killed. {sum(load.refused.values())} requests were refused and "
        f"sent again ({_counts(load.refused)}). {soaked.rewards.checked} rewards were compared: of those measured, "
        f"{len(noise)} efficiencies differ from the known one, 99 % of these by at most {share:.3f}, and more than "
        f"{NOISE} is wrong."
    )


def _promises(soaked: Soaked) -> str:
    rows = []
    for promise, found in broken(soaked).items():
        more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        rows.append(
            [promise, "kept" if not found else f"**broken {len(found)} times**: {'; '.join(found[:_SHOWN])}{more}"]
        )
    return markdown(["promise", ""], rows)


def _kinds(soaked: Soaked) -> str:
    rows = []
    for kind in sorted({answer.kind for answer in soaked.load.answers}):
        some = [answer for answer in soaked.load.answers if answer.kind == kind]
        took = sorted(answer.took_s for answer in some)
        outcomes = _counts(Counter(answer.status for answer in some))
        rows.append(
            [kind, str(len(some)), *(f"{took[int(q * (len(took) - 1))]:.2f}" for q in (0.5, 0.95, 1)), outcomes]
        )
    return markdown(["attempts", "graded", "p50 s", "p95 s", "longest s", "how far they came"], rows)


def _cpu(soaked: Soaked) -> str:
    """Of each service, both replicas, where none was killed meanwhile: else what it had used is not known."""
    attempts = max(1, len(soaked.load.answers))
    used: Counter[str] = Counter()
    for name, after in soaked.after.cpu_s.items():
        used[name.partition("-")[0]] += max(0.0, after - soaked.before.cpu_s.get(name, 0.0))
    return "CPU of one attempt, ms: " + ", ".join(
        f"{name} {1000 * cpu_s / attempts:.1f}" for name, cpu_s in used.items()
    )


def _memory(soaked: Soaked) -> str:
    rows = []
    for name, slope in slopes(soaked).items():
        sizes = [each.memory[name] / _MIB for each in soaked.loaded if name in each.memory] or [0.0]
        rows.append([name, f"{sizes[0]:.0f}", f"{sizes[-1]:.0f}", f"{slope.mib_h:+.1f} ± {slope.error:.1f}"])
    return markdown(["service", "MiB at first", "MiB at last", "MiB an hour"], rows)


def _held(soaked: Soaked) -> str:
    names = ["processes", "orphans", "namespaces", "temporary", "containers", "groups", "redis_keys", "redis_bytes"]
    moments = (soaked.before, soaked.after, soaked.left)
    rows = [[name.replace("_", " "), *(str(getattr(held, name)) for held in moments)] for name in names]
    for name in soaked.before.files:
        rows.append([f"open files of {name}", *(str(held.files.get(name, 0)) for held in moments)])
    table = markdown(["", "at rest before", "at rest after", "all stopped"], rows)
    episodes, attempts = max(1, len(soaked.load.played)), max(1, len(soaked.load.answers))
    stored = (soaked.after.redis_bytes - soaked.before.redis_bytes) / episodes
    sent = (soaked.after.loopback_bytes - soaked.before.loopback_bytes) / attempts
    return (
        f"{table}\n\nRedis holds {stored:,.0f} bytes for each episode. Over the loopback interface, of whoever else "
        f"uses it too, went {sent:,.0f} bytes for each attempt."
    )


def _chaos(soaked: Soaked) -> str:
    by: Mapping[str, list[float]] = {kill.name: [] for kill in soaked.deployment.kills}
    for kill in soaked.deployment.kills:
        by[kill.name].append(kill.back_s or 0.0)
    rows = [[name, str(len(times)), f"{statistics.median(times):.1f}"] for name, times in sorted(by.items())]
    table = markdown(["killed", "times", "median s until it served again"], rows)
    return f"{table}\n\n{soaked.deployment.failed_starts} starts failed and were repeated."


def _counts(counter: Counter[str]) -> str:
    return ", ".join(f"{name}: {count}" for name, count in counter.most_common()) or "none"
