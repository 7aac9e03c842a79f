"""Wrong requests get a 4xx problem document that names the problem."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.fakes import RIGHT

JSON = {"Content-Type": "application/json"}
CONTROL = "a\u0000b"
CASES = [
    ("unknown task", "POST", "/reset", {"json": {"task_id": "nope"}}, 404, "unknown-task"),
    ("unknown task to grade", "POST", "/grade", {"json": {"task_id": "nope", "source": ""}}, 404, "unknown-task"),
    ("a level is no task to grade", "POST", "/grade", {"json": {"task_id": "auto", "source": ""}}, 404, "unknown-task"),
    ("unknown task to show", "GET", "/tasks/nope", {}, 404, "unknown-task"),
    ("empty task", "POST", "/reset", {"json": {"task_id": ""}}, 422, "validation"),
    ("task with control characters", "POST", "/reset", {"json": {"task_id": CONTROL}}, 422, "validation"),
    ("wrong type", "POST", "/reset", {"json": {"task_id": 7}}, 422, "validation"),
    ("not an object", "POST", "/reset", {"json": [1]}, 422, "validation"),
    (
        "unknown episode",
        "POST",
        "/step",
        {"json": {"episode_id": "nope", "proposed_fix": RIGHT}},
        404,
        "unknown-episode",
    ),
    ("no episode yet", "POST", "/step", {"json": {"proposed_fix": RIGHT}}, 404, "unknown-episode"),
    ("missing fix", "POST", "/step", {"json": {"episode_id": "e"}}, 422, "validation"),
    ("fix of null", "POST", "/step", {"json": {"proposed_fix": None}}, 422, "validation"),
    ("fix of a number", "POST", "/step", {"json": {"proposed_fix": 3}}, 422, "validation"),
    ("action without fix", "POST", "/step", {"json": {"action": {}}}, 422, "validation"),
    ("action of a list", "POST", "/step", {"json": {"action": []}}, 422, "validation"),
    ("both bodies", "POST", "/step", {"json": {"action": RIGHT, "proposed_fix": RIGHT}}, 422, "validation"),
    (
        "misspelt field",
        "POST",
        "/step",
        {"json": {"proposed_fix": RIGHT, "epsiode_id": "e"}},
        422,
        "validation",
    ),
    (
        "episode id with control characters",
        "POST",
        "/step",
        {"json": {"proposed_fix": RIGHT, "episode_id": CONTROL}},
        422,
        "validation",
    ),
    (
        "id with a line end",
        "POST",
        "/step",
        {"json": {"proposed_fix": RIGHT, "episode_id": "a\n"}},
        422,
        "validation",
    ),
    (
        "id with a lone surrogate",
        "POST",
        "/step",
        {"content": rb'{"proposed_fix": "right", "episode_id": "\ud800"}', "headers": JSON},
        422,
        "validation",
    ),
    ("id too long", "POST", "/reset", {"json": {"episode_id": "x" * 129}}, 422, "validation"),
    (
        "idempotency key with spaces",
        "POST",
        "/step",
        {"json": {"proposed_fix": RIGHT}, "headers": {"Idempotency-Key": "a b"}},
        422,
        "validation",
    ),
    ("broken JSON", "POST", "/step", {"content": b'{"proposed_fix": ', "headers": JSON}, 400, "invalid-request"),
    ("JSON that is not UTF-8", "POST", "/step", {"content": b'{"a": "\xff"}', "headers": JSON}, 400, "invalid-request"),
    ("JSON nested deeply", "POST", "/step", {"content": b"[" * 100_000, "headers": JSON}, 400, "invalid-request"),
    ("no body", "POST", "/step", {"headers": JSON}, 422, "validation"),
    ("form body", "POST", "/step", {"data": {"proposed_fix": RIGHT}}, 415, "unsupported-media-type"),
    ("2 MiB body", "POST", "/step", {"json": {"proposed_fix": "x" * 2**21}}, 413, "body-too-large"),
    ("3 MiB of reset", "POST", "/reset", {"content": b" " * 3 * 2**20, "headers": JSON}, 413, "body-too-large"),
    ("20 MiB of batch", "POST", "/grade/batch", {"content": b" " * 20 * 2**20, "headers": JSON}, 413, "body-too-large"),
    ("batch of too many", "POST", "/grade/batch", {"json": {"items": [1] * 1025}}, 422, "validation"),
    ("unknown episode shown", "GET", "/episodes/nope", {}, 404, "unknown-episode"),
    ("shown id with control characters", "GET", "/episodes/%00", {}, 422, "validation"),
    ("state of an unknown episode", "GET", "/state?episode_id=nope", {}, 404, "unknown-episode"),
    ("agent id with control characters", "GET", "/curriculum?agent_id=%07", {}, 422, "validation"),
    ("unknown route", "GET", "/nope", {}, 404, "not-found"),
    ("wrong method", "GET", "/step", {}, 405, "method-not-allowed"),
]


@pytest.mark.parametrize(
    ("method", "path", "request_", "status", "slug"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
async def test_wrong_request_gets_a_problem(
    api: httpx.AsyncClient, method: str, path: str, request_: dict[str, object], status: int, slug: str
) -> None:
    answer = await api.request(method, path, **request_)  # type: ignore[arg-type]
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == f"urn:codearena:problem:{slug}"
    assert problem["status"] == status
    assert problem["detail"]
    assert problem["request_id"] == answer.headers["X-Request-ID"]


async def test_validation_problem_names_the_field(api: httpx.AsyncClient) -> None:
    problem = (await api.post("/step", json={"episode_id": 3})).json()
    assert {error["field"] for error in problem["errors"]} == {"proposed_fix", "episode_id"}
    assert "proposed_fix" in problem["detail"]


async def test_validation_problem_does_not_repeat_the_source(api: httpx.AsyncClient) -> None:
    answer = await api.post("/step", json={"proposed_fix": "the-source", "unknown": 1})
    assert "the-source" not in answer.text


async def test_chunked_body_over_the_limit_gets_413(api: httpx.AsyncClient) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b" " * 65536

    answer = await api.post("/step", content=chunks(), headers=JSON)
    assert answer.status_code == 413
    assert answer.json()["type"] == "urn:codearena:problem:body-too-large"


async def test_request_id_of_the_caller_is_returned(api: httpx.AsyncClient) -> None:
    assert (await api.get("/health", headers={"X-Request-ID": "mine-1"})).headers["X-Request-ID"] == "mine-1"


async def test_request_id_that_is_no_id_is_replaced(api: httpx.AsyncClient) -> None:
    given = 'a"b' * 100
    answer = await api.get("/health", headers={"X-Request-ID": given})
    assert answer.headers["X-Request-ID"] != given
    assert len(answer.headers["X-Request-ID"]) == 32
