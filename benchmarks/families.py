"""Functions of known growth, by family, and the workload that measures one of them as an attempt at a task would be."""

import ast
import importlib
import inspect
import pkgutil
import random
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from codearena import values
from codearena.tasks.author_code import ProbeInputs
from codearena.tasks.task import COMPLEXITIES, TaskLimits
from codearena.v1 import common_pb2, executor_pb2
from executor_service.codec import duration
from gateway.attempt import probe
from gateway.attempt.limits import ceilings, for_probing

_STOP_RATIO = 64.0


@dataclass(frozen=True)
class Labelled:
    """One function. source: that function alone, with what its module imports."""

    family: str
    name: str
    label: str
    source: str


@dataclass(frozen=True)
class Family:
    """Functions that do the same. known: growth class of the reference, or empty."""

    reference: str
    known: str
    probe: ProbeInputs
    functions: tuple[Labelled, ...]


def families(package: ModuleType, *, plain: bool) -> Iterator[Family]:
    """Every family of a package. plain: with a probe as a newcomer writes it, without `vary` and `lend`."""
    for info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        labels = dict(_documented(module))
        functions = tuple(
            Labelled(info.name, name, label, _source(module, name))
            for name, label in labels.items()
            if label in COMPLEXITIES
        )
        known = labels[module.REFERENCE] if labels[module.REFERENCE] in COMPLEXITIES else ""
        made = _plain_probe(module) if plain else _probe(module)
        yield Family(_source(module, module.REFERENCE), known, made, functions)


def _probe(module: ModuleType) -> ProbeInputs:
    vary, lend = getattr(module, "VARY", None), getattr(module, "LEND", None)
    return ProbeInputs(sizes=module.SIZES, make_input=module.make_input, vary=vary, lend=lend)


def _plain_probe(module: ModuleType) -> ProbeInputs:
    vary: int | None = getattr(module, "VARY", None)

    def make_input(n: int, rng: random.Random) -> tuple[Any, ...]:
        made: tuple[Any, ...] = module.make_input(n, rng)
        return made if vary is None else (*made[:vary], made[vary][0], *made[vary + 1 :])

    return ProbeInputs(sizes=module.SIZES, make_input=make_input)


def _documented(module: ModuleType) -> list[tuple[str, str]]:
    found = inspect.getmembers(module, inspect.isfunction)
    return [(name, function.__doc__ or "") for name, function in found if function.__module__ == module.__name__]


def _source(module: ModuleType, name: str) -> str:
    """The function alone: the static estimate, which a fit may lean on, should see no other."""
    kept = (ast.Import, ast.ImportFrom, ast.Assign)
    body = ast.parse(inspect.getsource(module)).body
    parts = [ast.unparse(node) for node in body if isinstance(node, kept) or getattr(node, "name", "") == name]
    return "\n\n".join([*parts, f"entry = {name}", "ready = len"])


def measuring_workload(
    family: Family, function: Labelled, budget_s: float, rng: random.Random, reach: int = 0
) -> executor_pb2.Workload:
    """The workload of a task whose only test is trivial and whose probe is the family's. reach: of a screening."""
    limits = for_probing(ceilings(TaskLimits(value_bytes=1024 * 1024)), budget_s)
    workload = executor_pb2.Workload(
        source=function.source.encode(), reference_source=family.reference.encode(), limits=limits
    )
    no_items = common_pb2.EncodedValue(json=values.encode([[]]))
    nothing = common_pb2.EncodedValue(json=values.encode({}))
    workload.calls.add(
        call_id="1", function=executor_pb2.FunctionCall(entry_point="ready", args=no_items, kwargs=nothing)
    )
    points = probe.screening_points(family.probe, "entry", rng, reach) if reach else []
    workload.screening = bool(points)
    workload.probe.extend(points or probe.points(family.probe, "entry", rng, budget_s))
    workload.probe_cpu.CopyFrom(duration(budget_s))
    workload.probe_stop_ratio = _STOP_RATIO
    return workload
