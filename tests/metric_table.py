"""Every metric of every service, as docs/observability.md has it: `python -m tests.metric_table` prints the rows."""

import sys
from collections.abc import Iterator
from importlib import import_module

from prometheus_client.metrics import MetricWrapperBase

MODULES = (
    "gateway.metrics",
    "executor_service.metrics",
    "judge_service.metrics",
    "grader_service.metrics",
    "codearena.metrics",
)


def metrics() -> Iterator[MetricWrapperBase]:
    """Those that a module of MODULES defines, in its order."""
    for module in MODULES:
        yield from (each for each in vars(import_module(module)).values() if isinstance(each, MetricWrapperBase))


def exposed_name(metric: MetricWrapperBase) -> str:
    """As queries name it; of a histogram without _bucket, _sum and _count."""
    described = next(iter(metric.describe()))
    return f"{described.name}_total" if described.type == "counter" else described.name


def row(metric: MetricWrapperBase) -> str:
    described = next(iter(metric.describe()))
    labels = ", ".join(f"`{label}`" for label in metric._labelnames)
    return f"| `{exposed_name(metric)}` | {described.type} | {labels} | {described.documentation} |"


def rows() -> list[str]:
    return [row(metric) for metric in metrics()]


if __name__ == "__main__":
    sys.stdout.write("\n".join(rows()) + "\n")
