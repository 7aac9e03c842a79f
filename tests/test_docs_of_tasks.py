"""Every task that docs/tasks.md shows is one, and may be served."""

import re
from pathlib import Path

import pytest

from codearena.embedded import embedded_gateway
from codearena.sdk.client import CodeArena
from codearena.tasks.folder import load_tasks
from codearena.tasks.schema import FILES, Form, schema_of
from codearena.tasks.task import Task
from codearena.tasks.verify import verify_all

_PAGE = Path(__file__).parent.parent / "docs" / "tasks.md"
_SHOWN = re.compile(r"^`mine/(\S+)`\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FIELD = re.compile(r"^\| ((?:`\w+`(?:, )?)+) \|", re.MULTILINE)


def test_the_tasks_shown_may_be_served(tmp_path: Path) -> None:
    for name, text in _SHOWN.findall(_PAGE.read_text("utf-8")):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    tasks = load_tasks(tmp_path)
    assert len(tasks) >= 6
    with embedded_gateway("local", tmp_path) as url, CodeArena(url) as arena:
        found = list(verify_all(arena, tasks.values()))
    assert [(item.task_id, item.problems) for item in found if item.problems] == []
    assert [(item.task_id, item.warnings) for item in found if item.warnings] == []


def test_the_page_has_every_field() -> None:
    told = {name for row in _FIELD.findall(_PAGE.read_text("utf-8")) for name in re.findall(r"`(\w+)`", row)}
    assert {field.alias or name for name, field in Task.model_fields.items()} <= told


@pytest.mark.parametrize("form", Form)
def test_the_published_schemas_are_those_of_the_model(form: Form) -> None:
    assert FILES[form].read_text("utf-8") == schema_of(form), "python -m codearena.tasks.schema writes them anew"
