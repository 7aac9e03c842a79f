"""The published JSON schema of a task, made from the model: `python -m codearena.tasks.schema` writes it anew.

It says what a field may hold. What fields ask of each other only reading a task tells.
"""

import json
from enum import StrEnum
from pathlib import Path
from typing import Any

from codearena.tasks.task import Task

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_IN_FILES = {"Task": ("buggy", "solution"), "Script": ("source",), "Probe": ("source",)}
"""What a folder has in files of its own, by the part that it belongs to."""
_MADE_UP = ("title", "category")
"""Required by the model, and filled in where they are left out."""


class Form(StrEnum):
    """How a task is written: a line of JSON, or a folder's task.yaml."""

    RECORD = "record"
    YAML = "yaml"


FILES = {
    Form.RECORD: Path(__file__).with_name("task.schema.json"),
    Form.YAML: Path(__file__).with_name("task.yaml.schema.json"),
}
"""Where the schemas are published."""


def schema_of(form: Form) -> str:
    """The schema, as its file holds it."""
    whole: dict[str, Any] = Task.model_json_schema(by_alias=True, mode="validation")
    parts = {"Task": whole, **whole["$defs"]}
    _leave_out(whole, _MADE_UP, entirely=False)
    if form is Form.YAML:
        for name, fields in _IN_FILES.items():
            _leave_out(parts[name], fields, entirely=True)
    raises = parts["TestCase"]["properties"]["raises"]
    raises["anyOf"].append({"type": "string", "description": "The type alone."})
    return json.dumps({"$schema": _DRAFT, **whole}, indent=2, ensure_ascii=False) + "\n"


def _leave_out(part: dict[str, Any], fields: tuple[str, ...], *, entirely: bool) -> None:
    part["required"] = [name for name in part["required"] if name not in fields]
    for name in fields if entirely else ():
        del part["properties"][name]


if __name__ == "__main__":
    for form, file in FILES.items():
        file.write_text(schema_of(form), "utf-8")
