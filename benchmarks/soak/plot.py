"""The figure of a soak: what was graded, how long it took, and what was held meanwhile."""

import statistics
from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes

from benchmarks.soak.findings import Soaked
from benchmarks.soak.load import Answer
from codearena.plots import style

_MIB = 1024**2
_WINDOWS = 40


def plot(soaked: Soaked, path: Path) -> None:
    """Writes it."""
    with style.applied():
        note = f"Isolation {soaked.isolation}, two of each service, {len(soaked.deployment.kills)} killed (grey lines; "
        note += (
            f"the first of each is spared), {len(soaked.load.answers)} attempts. Minutes since the load began; it ends "
        )
        note += f"at {(soaked.ended - soaked.began) / 60:.0f}, and what is held at rest follows."
        made = style.titled("A soak under chaos", note, 11.0, 6.0)
        panels = made.subplots(2, 3).flat
        for axes, draw in zip(panels, (_rate, _latency, _refused, _memory, _files, _redis), strict=True):
            draw(axes, soaked)
            axes.set_xlabel("minutes")
            axes.set_ylim(bottom=0 if axes.get_yscale() == "linear" else None)
            for kill in soaked.deployment.kills:
                axes.axvline((kill.at - soaked.began) / 60, color=style.MUTED, linewidth=0.4, zorder=0)
        made.savefig(path)


def _windows(soaked: Soaked) -> list[tuple[float, float, list[Answer]]]:
    """Equal stretches: middle in minutes, length in seconds, and the answers of each."""
    length = (soaked.ended - soaked.began) / _WINDOWS
    found: list[list[Answer]] = [[] for _ in range(_WINDOWS)]
    for answer in soaked.load.answers:
        if soaked.began <= answer.at < soaked.ended:
            found[int((answer.at - soaked.began) / length)].append(answer)
    return [((number + 0.5) * length / 60, length, some) for number, some in enumerate(found)]


def _rate(axes: Axes, soaked: Soaked) -> None:
    kinds = ("step", "batch", "hostile")
    for look, kind in zip(style.series(len(kinds)), kinds, strict=True):
        values = [
            (at, sum(answer.kind.startswith(kind) for answer in some) / length) for at, length, some in _windows(soaked)
        ]
        axes.plot(*zip(*values, strict=True), color=look.color, linestyle=look.dash, label=kind)
    axes.set_title("graded a second")
    axes.legend(loc="upper right")


def _latency(axes: Axes, soaked: Soaked) -> None:
    shares = (("p50", 0.5), ("p95", 0.95))
    for look, (name, share) in zip(style.series(len(shares)), shares, strict=True):
        values = [(at, _quantile([a.took_s for a in some], share)) for at, _, some in _windows(soaked) if some]
        axes.plot(*zip(*values, strict=True), color=look.color, linestyle=look.dash, label=name)
    axes.set_title("seconds until graded, retries included")
    axes.legend(loc="upper right")


def _refused(axes: Axes, soaked: Soaked) -> None:
    length = (soaked.ended - soaked.began) / _WINDOWS
    counts = [0] * _WINDOWS
    for at in soaked.load.refused_at:
        if soaked.began <= at < soaked.ended:
            counts[int((at - soaked.began) / length)] += 1
    axes.bar([(number + 0.5) * length / 60 for number in range(_WINDOWS)], counts, width=0.8 * length / 60)
    axes.set_title("refused, and sent again")


def _memory(axes: Axes, soaked: Soaked) -> None:
    _lines(
        axes,
        soaked,
        {
            name: [(h.at, h.memory[name] / _MIB) for h in soaked.samples if name in h.memory]
            for name in soaked.before.memory
        },
    )
    axes.set_title("resident MiB of those spared")


def _files(axes: Axes, soaked: Soaked) -> None:
    lines = {
        name: [(h.at, float(h.files[name])) for h in soaked.samples if name in h.files] for name in soaked.before.files
    }
    lines["all processes"] = [(held.at, float(held.processes)) for held in soaked.samples]
    _lines(axes, soaked, lines)
    axes.set_title("open files, and processes of all")


def _redis(axes: Axes, soaked: Soaked) -> None:
    held = [each for each in soaked.samples if each.redis_bytes]
    lines = {"keys": [(h.at, h.redis_keys) for h in held], "KiB": [(h.at, h.redis_bytes / 1024) for h in held]}
    _lines(axes, soaked, lines)
    axes.set_title("Redis")


def _lines(axes: Axes, soaked: Soaked, lines: dict[str, Sequence[tuple[float, float]]]) -> None:
    for look, (name, points) in zip(style.series(len(lines)), lines.items(), strict=True):
        moved = [((at - soaked.began) / 60, value) for at, value in points]
        if moved:
            axes.plot(*zip(*moved, strict=True), color=look.color, linestyle=look.dash, label=name, linewidth=1)
    axes.legend(loc="center right", fontsize=7)


def _quantile(values: Sequence[float], share: float) -> float:
    return statistics.quantiles(values, n=100)[round(100 * share) - 1] if len(values) > 1 else values[0]
