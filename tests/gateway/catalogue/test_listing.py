"""How tasks are listed over HTTP: found by words, with what their steps came to and with their certificates."""

from pathlib import Path

import httpx
import pytest

from gateway.settings import Settings
from tests.fakes import RIGHT, WRONG
from tests.gateway.catalogue.records import record, write
from tests.gateway.conftest import Serve

_MARKS = {"reward": 0.9, "passed": 2, "total": 2, "hidden_passed": 1, "hidden_total": 1, "efficiency": None}
_CERTIFICATE = {
    "revision": "r",
    "outcome": "fails",
    "mutation_score": 0.9,
    "reference": _MARKS,
    "difficulty": {"level": "easy", "bugs": 1},
    "tree": "t",
}


@pytest.fixture
async def listed(serve: Serve, settings: Settings, tmp_path: Path) -> httpx.AsyncClient:
    """A gateway that serves ten tasks, of which set/3 is certified and set/4 has a title."""
    fields: dict[int, dict[str, object]] = {3: {"certificate": _CERTIFICATE}, 4: {"title": "Sum of Squares"}}
    path = write(tmp_path / "tasks.jsonl", [record(number, **fields.get(number, {})) for number in range(10)])
    return await serve(settings.model_copy(update={"tasks_dir": path, "stats_tasks": 2}))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "squares SUM"}, ["set/4"]),
        ({"q": "set/3"}, ["set/3"]),
        ({"q": "set", "category": "kind-1"}, ["set/1", "set/5", "set/9"]),
        ({"q": "nothing"}, []),
    ],
)
async def test_tasks_are_found_by_words(listed: httpx.AsyncClient, query: dict[str, str], found: list[str]) -> None:
    answer = await listed.get("/tasks", params=query)
    assert [task["id"] for task in answer.json()] == found
    assert answer.headers["X-Total-Count"] == str(len(found))


async def test_search_is_paged(listed: httpx.AsyncClient) -> None:
    first = await listed.get("/tasks", params={"q": "set", "limit": 4})
    assert (len(first.json()), first.headers["X-Total-Count"]) == (4, "10")
    second = await listed.get(first.links["next"]["url"])
    assert [task["id"] for task in second.json()] == ["set/4", "set/5", "set/6", "set/7"]


async def test_words_that_tasks_are_filtered_by_are_counted(listed: httpx.AsyncClient) -> None:
    labels = (await listed.get("/task-labels")).json()
    assert labels["levels"] == [
        {"value": "easy", "tasks": 4},
        {"value": "medium", "tasks": 3},
        {"value": "hard", "tasks": 3},
    ]
    assert labels["splits"] == [{"value": "train", "tasks": 8}, {"value": "held_out", "tasks": 2}]
    assert labels["sources"] == [{"value": "a set", "tasks": 10}]
    assert {each["value"] for each in labels["tags"]} == {"mod-0", "mod-1"}


async def test_statistics_of_a_task_are_those_of_its_steps_and_null_where_nobody_counted(
    listed: httpx.AsyncClient,
) -> None:
    assert (await listed.get("/tasks/set/1")).json()["statistics"]["steps"] == 0
    for task, fixes in (("set/1", [WRONG, RIGHT]), ("set/2", [WRONG]), ("set/3", [WRONG])):
        await listed.post("/reset", json={"task_id": task})
        for fix in fixes:
            await listed.post("/step", json={"proposed_fix": fix})
    plain = (await listed.get("/tasks")).json()
    assert all(task["statistics"] is None for task in plain)
    told = {task["id"]: task["statistics"] for task in (await listed.get("/tasks?statistics=true")).json()}
    assert (told["set/1"]["steps"], told["set/1"]["episodes"], told["set/1"]["solved"]) == (2, 1, 1)
    assert told["set/2"]["steps"] == 1
    assert told["set/3"] is None  # two tasks are told apart, and the others counted together
    assert (await listed.get("/tasks/set/1")).json()["statistics"] == told["set/1"]


async def test_certificate_is_told_without_what_it_says_of_the_repair(listed: httpx.AsyncClient) -> None:
    task = (await listed.get("/tasks/set/3")).json()
    assert task["certified"] is True
    assert task["certificate"] == {
        name: value for name, value in _CERTIFICATE.items() if name not in ("difficulty", "tree")
    }
    assert (await listed.get("/tasks/set/4")).json()["certificate"] is None
