"""Which task a word stands for, and which one comes next."""

import asyncio
import contextlib
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from codearena.errors import UnknownTaskError
from codearena.models import Strategy
from codearena.tasks.folder import load_tasks
from codearena.tasks.task import Level
from gateway.agents.curriculum import candidates, chances, learnable, pick
from gateway.catalogue.catalogue import Catalogue
from gateway.catalogue.index import Pool
from gateway.catalogue.lines import Lines
from gateway.settings import Settings
from gateway.store.records import CurriculumRecord, TaskRecord
from gateway.store.redis import Store
from tests.gateway.catalogue.records import record, write
from tests.gateway.conftest import Serve


@pytest.fixture
def tasks(tasks_dir: Path) -> Catalogue:
    return Catalogue.of(load_tasks(tasks_dir))


def test_category_wins_over_level_of_the_same_name(tasks: Catalogue) -> None:
    assert list(candidates(tasks, "easy", Level.HARD)) == ["easy-1", "easy-2"]


def test_auto_is_any_category_of_the_agents_level(tasks: Catalogue) -> None:
    assert list(candidates(tasks, "auto", Level.EASY)) == ["easy-1", "easy-2", "type_errors-1"]
    assert list(candidates(tasks, "auto", Level.HARD)) == ["hard-1"]


def test_auto_serves_what_there_is_where_the_level_has_no_task(tasks: Catalogue) -> None:
    only = Catalogue.of({"easy-1": tasks["easy-1"]})
    assert list(candidates(only, "auto", Level.HARD)) == ["easy-1"]


@pytest.mark.parametrize("word", ["nope", "EASY", "easy-3", "security_bugs"])
def test_word_that_stands_for_nothing_is_refused(tasks: Catalogue, word: str) -> None:
    with pytest.raises(UnknownTaskError):
        candidates(tasks, word, Level.EASY)


def test_without_seed_every_candidate_is_chosen_at_times(tasks: Catalogue) -> None:
    found, rng = candidates(tasks, "auto", Level.EASY), random.Random(1)
    assert {pick(found, None, rng) for _ in range(100)} == {"easy-1", "easy-2", "type_errors-1"}


RECORD = CurriculumRecord(
    Level.EASY,
    (),
    tasks={
        "solved": TaskRecord(30, 9.5, 0.0, 0.95, 0.95, chosen=7),
        "frontier": TaskRecord(10, 5.0, 5.0, 0.6, 0.4, chosen=8),
        "impossible": TaskRecord(30, 0.0, 9.5, 0.2, 0.2, chosen=9),
    },
)
IDS = ["solved", "frontier", "impossible"]


def test_task_at_the_frontier_is_the_most_likely_and_none_is_written_off() -> None:
    found = {chance.task_id: chance.probability for chance in chances(IDS, RECORD, 10)}
    assert found["frontier"] > 0.6
    assert found["solved"] == pytest.approx(found["impossible"])
    assert min(found.values()) > 0
    assert sum(found.values()) == pytest.approx(1)


def test_every_tenth_choice_is_the_task_that_waited_longest() -> None:
    rng = random.Random(1)
    assert {learnable(IDS, RECORD, number, 10, None, rng) for number in (10, 20, 30)} == {"solved"}
    assert learnable([*IDS, "new"], RECORD, 10, 10, None, rng) == "new"


def test_chances_are_what_the_choices_come_to() -> None:
    rng = random.Random(1)
    chosen = [learnable(IDS, RECORD, number, 10**9, None, rng) for number in range(1, 3001)]
    for chance in chances(IDS, RECORD, 10**9):
        assert chosen.count(chance.task_id) / 3000 == pytest.approx(chance.probability, abs=0.03)


@pytest.mark.parametrize("strategy", ["threshold", "learning_progress"])
async def test_group_that_resets_at_once_gets_one_task(api: httpx.AsyncClient, strategy: str) -> None:
    async def reset(group: int) -> tuple[int, str]:
        body = {"group_id": f"g{group}", "strategy": strategy}
        return group, (await api.post("/reset", json=body)).json()["info"]["task_id"]

    found = await asyncio.gather(*(reset(group) for group in range(8) for _ in range(8)))
    assert len(set(found)) == 8


async def test_no_two_choices_have_the_same_number(redis_url: str) -> None:
    async with Store(Settings(redis_url=SecretStr(redis_url))) as store:
        choices = await asyncio.gather(*(store.agents.choice_inputs("a", None, numbered=True) for _ in range(64)))
    assert sorted(each.number for each in choices) == list(range(1, 65))


async def test_curriculum_tells_moves_and_the_mean_of_everything_that_finished(
    serve: Serve, settings: Settings
) -> None:
    api = await serve(settings.model_copy(update={"curriculum_window": 2, "curriculum_up_above": 0.5}))
    for _ in range(2):
        await api.post("/reset", json={"task_id": "easy-1"})
        reward = (await api.post("/step", json={"proposed_fix": "right"})).json()["reward"]
    state = (await api.get("/curriculum")).json()
    assert (state["level"], state["window"], state["episodes"]) == ("medium", [], 2)
    assert state["mean_reward"] == pytest.approx(reward, abs=1e-6)
    (move,) = state["moves"]
    assert (move["from_level"], move["to_level"]) == ("easy", "medium")
    assert move["mean"] == pytest.approx(reward, abs=1e-6)
    assert {task: chance["probability"] for task, chance in state["next_tasks"].items()} == {"medium-1": 1.0}


async def test_learning_progress_prefers_what_the_agent_solves_at_times(serve: Serve, settings: Settings) -> None:
    api = await serve(settings.model_copy(update={"curriculum_strategy": Strategy.LEARNING_PROGRESS, "max_steps": 1}))
    for number in range(12):
        for task, fix in (("easy-1", "right"), ("medium-1", "wrong"), ("hard-1", ("right", "wrong")[number % 2])):
            await api.post("/reset", json={"task_id": task})
            await api.post("/step", json={"proposed_fix": fix})
    found = (await api.get("/curriculum")).json()["next_tasks"]
    assert found["hard-1"]["probability"] > 2 * found["easy-1"]["probability"]
    assert found["hard-1"]["probability"] > 2 * found["medium-1"]["probability"]


@pytest.fixture
def many(tmp_path: Path) -> Iterator[Catalogue]:
    file = write(tmp_path / "many.jsonl", [record(number) for number in range(300)])
    with contextlib.closing(Catalogue([Lines(file)], kept=8)) as tasks:
        yield tasks


@pytest.mark.parametrize("strategy", ["threshold", "learning_progress"])
async def test_curriculum_never_chooses_what_is_held_out_but_where_its_split_is_named(
    serve: Serve, settings: Settings, tmp_path: Path, strategy: str
) -> None:
    api = await serve(settings.model_copy(update={"tasks_dir": write(tmp_path / "many.jsonl", map(record, range(40)))}))
    for word in ("auto", "easy", "kind-1"):
        for split in (None, "held_out"):
            body = {"task_id": word, "strategy": strategy, "split": split}
            found = [(await api.post("/reset", json=body)).json()["info"]["task_id"] for _ in range(8)]
            held_out = {int(task_id.removeprefix("set/")) % 5 == 0 for task_id in found}
            assert held_out == {split == "held_out"}
    named = await api.post("/reset", json={"task_id": "set/5"})
    assert named.json()["info"]["task_id"] == "set/5"
    listed = await api.get("/tasks", params={"split": "held_out", "limit": 3})
    assert [task["split"] for task in listed.json()] == ["held_out"] * 3
    assert listed.headers["X-Total-Count"] == "8"
    assert "offset=3" in listed.headers["Link"]


def test_a_choice_among_many_looks_at_no_more_than_is_known(many: Catalogue) -> None:
    looked: list[object] = []

    class Looking(Pool):
        def __getitem__(self, place: Any) -> Any:
            looked.append(place)
            return super().__getitem__(place)

    pool = many.pool()
    looking = Looking(pool._index, pool._key, pool._numbers)
    known = CurriculumRecord(
        Level.EASY, (), tasks={f"set/{at}": TaskRecord(3, 1.0, 2.0, 0.5, 0.5, at) for at in (1, 2)}
    )
    rng = random.Random(1)
    for number in range(1, 201):
        learnable(looking, known, number, 10, None, rng)
    assert len(looked) < 4 * 200


def test_chances_of_many_name_the_likeliest_and_sum_to_what_they_are(many: Catalogue) -> None:
    known = CurriculumRecord(Level.EASY, (), tasks={"set/1": TaskRecord(9, 5.0, 5.0, 0.6, 0.4, chosen=3)})
    all_of_them = {each.task_id: each.probability for each in chances(many.pool(), known, 10)}
    shown = chances(many.pool(), known, 10, most=20)
    assert sum(all_of_them.values()) == pytest.approx(1)
    assert {each.task_id: each.probability for each in shown} == {
        each.task_id: all_of_them[each.task_id] for each in shown
    }
    assert len(shown) == 20 and shown[0].task_id == "set/1"


async def test_agent_is_known_by_so_many_tasks_the_last_ones(redis_url: str) -> None:
    settings = Settings(redis_url=SecretStr(redis_url), curriculum_tasks=16)
    async with Store(settings) as store:
        for number in range(1, 101):
            await store.agents.choice_inputs("a", None, numbered=True)
            await store.agents.issue("a", None, f"set/{number}", number)
        known = (await store.agents.curriculum("a")).tasks
    assert len(known) <= 2 * 16 + 16
    assert {f"set/{number}" for number in range(90, 101)} <= set(known)
