"""The same source, sent again while it is graded, is graded once, where its inputs would be the same."""

import asyncio
from pathlib import Path

import httpx
import pytest

from gateway.settings import Settings
from tests.fakes import RIGHT, WRONG, FakeExecutor
from tests.gateway.access.conftest import MakeKey, make_key, store  # noqa: F401  # fixtures
from tests.gateway.conftest import Serve

SAME = {"task_id": "easy-1", "source": RIGHT}


def _items(count: int, **fields: str) -> dict[str, object]:
    return {"items": [{**SAME, **fields}] * count}


async def test_a_batch_of_the_same_source_is_one_attempt(api: httpx.AsyncClient, executor: FakeExecutor) -> None:
    executor.gate.clear()
    batch = asyncio.create_task(api.post("/grade/batch", json=_items(8)))
    single = asyncio.create_task(api.post("/grade", json=SAME))
    await executor.arrived(1)
    other = asyncio.create_task(api.post("/grade", json={**SAME, "source": WRONG}))
    await executor.arrived(2)
    executor.gate.set()
    verdicts = [item["verdict"] for item in (await batch).json()["items"]]
    assert [verdict["solved"] for verdict in [*verdicts, (await single).json()]] == [True] * 9
    assert (await other).json()["solved"] is False
    assert len(executor.attempts) == 2
    # Not in flight any more: it is graded again.
    await api.post("/grade", json=SAME)
    assert len(executor.attempts) == 3


def _draws_inputs(tasks: Path) -> None:
    """Gives easy-1 a hidden test whose inputs are drawn."""
    folder = tasks / "easy" / "easy-1"
    text = (folder / "task.yaml").read_text("utf-8")
    (folder / "task.yaml").write_text(
        text.replace("hints:", "  - {name: drawn, make: made, args: [3], expect: 3}\nhints:"), "utf-8"
    )
    (folder / "cases.py").write_text("def made(rng):\n    return (rng.random(),)\n", "utf-8")


async def _attempts_of_two_at_once(api: httpx.AsyncClient, executor: FakeExecutor, *groups: str | None) -> int:
    before = len(_of_callers(executor))
    bodies = [SAME if group is None else {**SAME, "group_id": group} for group in groups]
    await api.post("/grade/batch", json={"items": bodies})
    return len(_of_callers(executor)) - before


def _of_callers(executor: FakeExecutor) -> list[object]:
    return [each for each in executor.attempts if not each.attempt_id.startswith("reference")]


async def test_drawn_inputs_are_shared_within_a_group_only(
    serve: Serve, settings: Settings, tasks_dir: Path, executor: FakeExecutor
) -> None:
    _draws_inputs(tasks_dir)
    api = await serve(settings)
    assert await _attempts_of_two_at_once(api, executor, None, None) == 2
    assert await _attempts_of_two_at_once(api, executor, "g", "g") == 1
    assert await _attempts_of_two_at_once(api, executor, "h", "i") == 2
    fixed = await serve(settings.model_copy(update={"cases_fixed": True}))
    assert await _attempts_of_two_at_once(fixed, executor, None, None) == 1


async def test_owners_share_nothing(
    api: httpx.AsyncClient,
    executor: FakeExecutor,
    make_key: MakeKey,  # noqa: F811
) -> None:
    executor.gate.clear()
    keys = [await make_key("mine"), await make_key("other")]
    calls = [asyncio.create_task(api.post("/grade", json=SAME, headers=key)) for key in keys]
    await executor.arrived(2)
    executor.gate.set()
    assert [answer.status_code for answer in await asyncio.gather(*calls)] == [200, 200]


async def test_verdicts_are_kept_where_the_setting_says_and_no_input_is_fresh(
    serve: Serve, settings: Settings, tasks_dir: Path, executor: FakeExecutor
) -> None:
    _draws_inputs(tasks_dir)
    api = await serve(settings.model_copy(update={"verdicts_kept_s": 600.0}))
    fixed = {"task_id": "easy-2", "source": RIGHT}
    first, again = [(await api.post("/grade", json=fixed)).json() for _ in range(2)]
    assert (first, len(_of_callers(executor))) == (again, 1)
    for _ in range(2):
        await api.post("/grade", json=SAME)  # easy-1 draws its inputs
    assert len(_of_callers(executor)) == 3


async def test_a_group_gets_one_verdict_on_a_source_whenever_and_at_whichever_gateway_it_asks(
    serve: Serve, settings: Settings, tasks_dir: Path, executor: FakeExecutor
) -> None:
    _draws_inputs(tasks_dir)
    one, other = await serve(settings), await serve(settings)
    mine = {**SAME, "group_id": "g"}
    answers = [await api.post("/grade", json=mine) for api in (one, other, one)]
    assert [answer.json() for answer in answers[1:]] == [answers[0].json()] * 2
    assert len({answer.headers["X-Attempt-ID"] for answer in answers}) == 1
    assert len(_of_callers(executor)) == 1
    for another in ({**mine, "group_id": "h"}, {**mine, "source": WRONG}, {**mine, "task_id": "easy-2"}):
        before = len(_of_callers(executor))
        await other.post("/grade", json=another)
        assert len(_of_callers(executor)) == before + 1


async def test_gateways_that_grade_the_same_for_a_group_at_once_agree(
    serve: Serve, settings: Settings, executor: FakeExecutor
) -> None:
    gateways = [await serve(settings) for _ in range(3)]
    executor.gate.clear()
    calls = [asyncio.create_task(api.post("/grade", json={**SAME, "group_id": "g"})) for api in gateways]
    await executor.arrived(3)
    executor.gate.set()
    answers = await asyncio.gather(*calls)
    assert len({answer.headers["X-Attempt-ID"] for answer in answers}) == 1
    assert all(answer.json() == answers[0].json() for answer in answers)


async def test_a_group_whose_verdicts_are_not_kept_is_graded_each_time(
    serve: Serve, settings: Settings, executor: FakeExecutor
) -> None:
    api = await serve(settings.model_copy(update={"group_verdicts_kept_s": 0.0}))
    for _ in range(2):
        await api.post("/grade", json={**SAME, "group_id": "g"})
    assert len(executor.attempts) == 2


async def test_owners_share_no_group(
    api: httpx.AsyncClient,
    executor: FakeExecutor,
    make_key: MakeKey,  # noqa: F811
) -> None:
    for key in (await make_key("mine"), await make_key("other")):
        assert (await api.post("/grade", json={**SAME, "group_id": "g"}, headers=key)).status_code == 200
    assert len(executor.attempts) == 2


async def test_a_verdict_is_not_kept_with_a_report_that_is_large(
    serve: Serve, settings: Settings, executor: FakeExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.bulk.grading._KEPT_REPORT_BYTES", 64)
    api = await serve(settings.model_copy(update={"verdicts_kept_s": 600.0}))
    for _ in range(2):
        await api.post("/grade", json={"task_id": "easy-2", "source": RIGHT})
    assert len(_of_callers(executor)) == 2
