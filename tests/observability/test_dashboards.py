"""The dashboards are those of their source; every panel says what it shows, and asks for what there is."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from tests import metric_table
from tests.observability.promtool import RECORDING, ROOT

GRAFANA = ROOT / "deploy" / "grafana"
_METRIC = re.compile(r"\bcodearena_\w+")
_RECORDED = re.compile(r"\bcodearena:[\w:]+")


def sources() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load((GRAFANA / "dashboards.yaml").read_text("utf-8"))
    return found


def panels() -> list[dict[str, Any]]:
    return [panel for source in sources() for row in source["rows"] for panel in row["panels"]]


def queries() -> list[str]:
    return [query for panel in panels() for query in panel["queries"].values()]


def test_the_generated_dashboards_are_current(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(GRAFANA / "build.py"), str(tmp_path)], check=True)
    built = {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()}
    kept = {path.name: path.read_text("utf-8") for path in (GRAFANA / "dashboards").iterdir()}
    assert kept == built, "run make dashboards"


def test_there_are_the_four_dashboards_that_the_documentation_names() -> None:
    titles = [source["title"].removeprefix("CodeArena / ") for source in sources()]
    assert titles == ["Overview", "Executor", "Rewards and curriculum", "Judge"]


def test_every_panel_has_a_unit_and_a_description_of_one_line() -> None:
    for panel in panels():
        assert panel["unit"]
        assert panel["description"].endswith(".")
        assert "\n" not in panel["description"]


def test_every_query_asks_for_metrics_and_rules_that_there_are() -> None:
    named = {metric_table.exposed_name(metric) for metric in metric_table.metrics()}
    known = named | {f"{name}{part}" for name in named for part in ("_bucket", "_sum", "_count")}
    recorded = {
        rule["record"] for group in yaml.safe_load(RECORDING.read_text("utf-8"))["groups"] for rule in group["rules"]
    }
    for query in queries():
        assert set(_METRIC.findall(query)) <= known, query
        assert set(_RECORDED.findall(query)) <= recorded, query
