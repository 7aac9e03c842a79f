"""The dashboards are those of their source; every panel says what it shows, and asks for what there is."""

import json
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


def built() -> list[dict[str, Any]]:
    """The dashboards that Grafana reads."""
    return [json.loads(path.read_text("utf-8")) for path in sorted((GRAFANA / "dashboards").glob("*.json"))]


def queries() -> list[str]:
    """What the panels of all dashboards ask, as Grafana sends it."""
    return [
        target["expr"] for dashboard in built() for panel in dashboard["panels"] for target in panel.get("targets", [])
    ]


def imported(value: Any, answers: dict[str, str]) -> Any:
    """A dashboard as an import by hand leaves it: each ${input} is the answer given, and the inputs are gone."""
    if isinstance(value, dict):
        return {name: imported(part, answers) for name, part in value.items() if name != "__inputs"}
    if isinstance(value, list):
        return [imported(part, answers) for part in value]
    if isinstance(value, str):
        return re.sub(r"\$\{(\w+)\}", lambda found: answers.get(found[1], found[0]), value)
    return value


def asked(dashboard: dict[str, Any], known: list[str]) -> set[str]:
    """The data sources that panels and queries ask in a Grafana with `known` ones of Prometheus.

    A variable whose value is not known has the first one instead.
    """
    values = {each["name"]: each["current"]["value"] for each in dashboard["templating"]["list"]}
    chosen = {f"${{{name}}}": value if value in known else known[0] for name, value in values.items()}
    asking = [panel for panel in dashboard["panels"] if panel["type"] != "row"]
    places = [place for panel in asking for place in (panel, *panel["targets"])]
    return {chosen.get(place["datasource"]["uid"], place["datasource"]["uid"]) for place in places}


def test_the_generated_dashboards_are_current(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(GRAFANA / "build.py"), str(tmp_path)], check=True)
    anew = {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()}
    kept = {path.name: path.read_text("utf-8") for path in (GRAFANA / "dashboards").iterdir()}
    assert kept == anew, "run make dashboards"


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


def test_every_query_of_the_source_is_in_a_panel() -> None:
    assert sorted(queries()) == sorted(query for panel in panels() for query in panel["queries"].values())


def test_no_panel_and_no_query_has_a_fixed_data_source() -> None:
    for dashboard in built():
        (variable,) = dashboard["templating"]["list"]
        assert (variable["type"], variable["query"]) == ("datasource", "prometheus")
        assert asked(dashboard, ["one"]) == {"one"}
        assert asked(dashboard, ["another"]) == {"another"}


def test_an_import_by_hand_asks_for_the_data_source_and_every_panel_has_the_one_chosen() -> None:
    for dashboard in built():
        (question,) = dashboard["__inputs"]
        assert (question["type"], question["pluginId"]) == ("datasource", "prometheus")
        after = imported(dashboard, {question["name"]: "chosen"})
        assert asked(after, ["first", "chosen"]) == {"chosen"}


def test_an_import_by_hand_says_which_panels_it_needs() -> None:
    for dashboard in built():
        needed = {each["id"] for each in dashboard["__requires"] if each["type"] == "panel"}
        assert needed == {panel["type"] for panel in dashboard["panels"]} - {"row"}


def test_a_dashboard_has_no_id_of_a_database_and_its_uid_is_that_of_the_source() -> None:
    assert [dashboard["id"] for dashboard in built()] == [None] * len(built())
    assert {dashboard["uid"] for dashboard in built()} == {source["uid"] for source in sources()}
