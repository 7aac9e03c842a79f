"""The figures of the benchmarks: in the style of the others, with nothing cut off or covered."""

import importlib
import pkgutil
import random
from pathlib import Path

import pytest
from matplotlib.figure import Figure

import benchmarks
from benchmarks import curriculum, efficiency, families, growth, throughput
from benchmarks.rates import Rate
from codearena.tasks.folder import load_tasks
from codearena.tasks.task import Level
from grader_service.complexity import Fit
from grader_service.efficiency import Efficiency
from tests.codearena.plots import geometry

_TASKS = Path(__file__).parents[3] / "gateway" / "tasks"
_ISOLATIONS = ("container", "cell", "local")


def curriculum_figure() -> Figure:
    rng = random.Random(0)

    def curves(episodes: int) -> list[curriculum.Curve]:
        return [curriculum.Curve([0.4 + 0.4 * at / episodes for at in range(episodes)], episodes) for _ in range(3)]

    compared = {kind: curriculum.Compared(curves(200), curves(400)) for kind in ("steady", "blocked", "forgetful")}
    levels = [rng.choice(list(Level)) for _ in range(1_500)]
    return curriculum.drawn(compared, dict.fromkeys(compared, curriculum.Climb(levels, levels, True)))


def efficiency_figure() -> Figure:
    function = families.Labelled("sorting", "bubble", "O(n^2)", "")
    found = [
        growth.Found(function, Efficiency(fit=Fit(measured, 1.0, 1.0)), ("", ""), 0.1)
        for measured in ["O(n^2)"] * 95 + ["O(n)", ""] * 2
    ]
    keys = [(task, fix) for task, fixes in efficiency.FIXES.items() for fix in fixes]
    slow = {task: set(efficiency.SLOW.get(task, ())) for task in efficiency.FIXES}
    fixes = {
        key: [efficiency.Measured(0.02 * at if key[1] in slow[key[0]] else 1 - 0.01 * at, 0.1) for at in range(3)]
        for key in keys
    }
    return efficiency.drawn({0.3: found, 1.5: found}, fixes, fixes)


def throughput_figure() -> Figure:
    def rate(what: str, clients: int, per_s: float, p50_ms: float) -> Rate:
        return Rate(what, clients, per_s, 1.0, 1.0, p50_ms, 4 * p50_ms, 6 * p50_ms)

    own = [
        rate(name, clients, 8.0 * clients**0.2 * (1 + at), 50.0)
        for at, name in enumerate(_ISOLATIONS)
        for clients in (1, 4, 64)
    ]
    base = [
        rate(name, 4, per_s, 10.0)
        for name, per_s in (("docker run", 5.7), ("bare python -I", 50.0), ("namespace fork", 487.0))
    ]
    loaded = [rate(f"{name} at 80%", 0, 7.0, p50_ms) for name, p50_ms in zip(_ISOLATIONS, (107, 47, 75), strict=True)]
    return throughput.drawn(load_tasks(_TASKS)["easy-1"], [*base, *own, *loaded])


def _is_whole(figure: Figure) -> None:
    geometry.laid_out(figure)
    assert geometry.cut_off(figure) == []
    assert geometry.covered(figure) == []
    assert not geometry.legend_on_axes(figure)
    assert figure.get_suptitle()
    assert geometry.note(figure)


def test_the_figure_of_the_curriculum_is_whole() -> None:
    _is_whole(curriculum_figure())


def test_the_figure_of_the_efficiency_is_whole() -> None:
    _is_whole(efficiency_figure())


def test_the_figure_of_the_throughput_is_whole() -> None:
    _is_whole(throughput_figure())


@pytest.mark.parametrize("name", [module.name for module in pkgutil.iter_modules(benchmarks.__path__)])
def test_a_benchmark_finds_what_it_measures(name: str) -> None:
    importlib.import_module(f"benchmarks.{name}")
