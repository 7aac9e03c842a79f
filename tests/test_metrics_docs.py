"""docs/observability.md names every metric of every service, with its labels and its meaning, and no others."""

import re
from pathlib import Path

import pytest
from prometheus_client.metrics import MetricWrapperBase

from tests import metric_table

PAGE = Path(__file__).parent.parent / "docs" / "observability.md"
_NAME = re.compile(r"codearena_(gateway|executor|judge|grader|grpc_server)(_[a-z]+)+")


def test_every_metric_is_documented_as_it_is() -> None:
    documented = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `codearena_")]
    assert "\n".join(documented) == "\n".join(metric_table.rows())


@pytest.mark.parametrize("metric", list(metric_table.metrics()), ids=metric_table.exposed_name)
def test_names_follow_the_rule_and_no_label_is_an_id(metric: MetricWrapperBase) -> None:
    assert _NAME.fullmatch(metric_table.exposed_name(metric))
    words = {word for label in metric._labelnames for word in label.split("_")}
    assert not words & {"id", "task", "agent", "owner", "key"}
