"""Builds the dashboards that Grafana reads from dashboards.yaml: `make dashboards`. Another folder may be named."""

import json
import sys
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
SOURCE = FOLDER / "dashboards.yaml"
_COLUMNS, _HEIGHT = 24, 8
_WIDTHS = {"stat": 6, "timeseries": 8, "heatmap": 8}
_VARIABLE, _INPUT = "datasource", "DS_PROMETHEUS"
_DATASOURCE = {"type": "prometheus", "uid": f"${{{_VARIABLE}}}"}
_PANELS = {"heatmap": "Heatmap", "stat": "Stat", "timeseries": "Time series"}
_GRAFANA = "11.0.0"  # the first whose schema version is 39

JSON = dict[str, Any]


def panels(rows: list[JSON]) -> list[JSON]:
    """Rows and panels of a dashboard with their places, left to right and top to bottom."""
    built: list[JSON] = []
    y = 0
    for row in rows:
        place = {"h": 1, "w": _COLUMNS, "x": 0, "y": y}
        built.append({"type": "row", "title": row["title"], "collapsed": False, "gridPos": place})
        y, x = y + 1, 0
        for panel in row["panels"]:
            width = _WIDTHS[panel.get("type", "timeseries")]
            if x + width > _COLUMNS:
                x, y = 0, y + _HEIGHT
            built.append(_panel(panel, {"h": _HEIGHT, "w": width, "x": x, "y": y}))
            x += width
        y += _HEIGHT
    return [{"id": number, **panel} for number, panel in enumerate(built, 1)]


def _panel(panel: JSON, place: dict[str, int]) -> JSON:
    kind = panel.get("type", "timeseries")
    return {
        "type": kind,
        "title": panel["title"],
        "description": panel["description"],
        "datasource": _DATASOURCE,
        "gridPos": place,
        "fieldConfig": {"defaults": {"unit": panel["unit"], "min": 0}, "overrides": []},
        "targets": [
            _target(letter, legend, query, kind)
            for letter, (legend, query) in zip("ABCDEFGH", panel["queries"].items(), strict=False)
        ],
    }


def _target(letter: str, legend: str, query: str, kind: str) -> JSON:
    form = "heatmap" if kind == "heatmap" else "time_series"
    return {"refId": letter, "datasource": _DATASOURCE, "expr": query, "legendFormat": legend, "format": form}


def _requires(kinds: set[str]) -> list[JSON]:
    """What a Grafana must have, in the words of the files that Grafana itself exports for others."""
    needed = [("datasource", "prometheus", "Prometheus", "1.0.0"), ("grafana", "grafana", "Grafana", _GRAFANA)]
    needed += [("panel", kind, name, "") for kind, name in _PANELS.items() if kind in kinds]
    return [{"type": sort, "id": name, "name": shown, "version": since} for sort, name, shown, since in needed]


def _input() -> JSON:
    """The question of an import by hand. A provisioned file is read without it."""
    return {
        "name": _INPUT,
        "label": "Prometheus",
        "description": "The Prometheus that scrapes CodeArena.",
        "type": "datasource",
        "pluginId": "prometheus",
        "pluginName": "Prometheus",
    }


def _variable() -> JSON:
    """The data source that all panels ask.

    An import by hand replaces the input's name by the answer. A provisioned dashboard keeps the name, which is no data
    source, so that Grafana begins with its first Prometheus.
    """
    chosen = f"${{{_INPUT}}}"
    return {
        "name": _VARIABLE,
        "label": "Data source",
        "type": "datasource",
        "query": "prometheus",
        "current": {"text": chosen, "value": chosen},
        "options": [],
        "refresh": 1,
        "regex": "",
        "hide": 0,
        "multi": False,
        "includeAll": False,
    }


def dashboard(source: JSON) -> JSON:
    """As Grafana reads it, provisioned or imported by hand; schema version 39 is that of Grafana 11."""
    built = panels(source["rows"])
    return {
        "__inputs": [_input()],
        "__requires": _requires({panel["type"] for panel in built}),
        "id": None,
        "uid": source["uid"],
        "title": source["title"],
        "tags": ["codearena"],
        "schemaVersion": 39,
        "editable": False,
        "refresh": "15s",
        "time": {"from": "now-3h", "to": "now"},
        "templating": {"list": [_variable()]},
        "panels": built,
    }


def build(folder: Path) -> None:
    """Writes a file for each dashboard."""
    for source in yaml.safe_load(SOURCE.read_text("utf-8")):
        text = json.dumps(dashboard(source), indent=1, ensure_ascii=False) + "\n"
        (folder / f"{source['uid']}.json").write_text(text, "utf-8")


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER / "dashboards")
