"""Wrong requests to the real thing: each gets a 4xx problem document that names the problem."""

import httpx
import pytest

from tests.integration.playing import TASKS

TASK = TASKS["security_bugs-2"]
JSON = {"Content-Type": "application/json"}
CONTROL = "a\u0000\u001bb"
CASES = [
    ("unknown task", "/reset", {"json": {"task_id": "hard-99"}}, 404, "hard-99"),
    ("unknown episode", "/step", {"json": {"episode_id": "nobody", "proposed_fix": ""}}, 404, "nobody"),
    ("missing field", "/step", {"json": {"episode_id": "nobody"}}, 422, "proposed_fix"),
    ("wrong type", "/step", {"json": {"proposed_fix": 7}}, 422, "proposed_fix"),
    ("broken JSON", "/step", {"content": b'{"proposed_fix": "x', "headers": JSON}, 400, "JSON"),
    ("2 MiB body", "/step", {"json": {"proposed_fix": "x" * 2**21}}, 413, "bytes"),
    ("id with control characters", "/step", {"json": {"proposed_fix": "", "episode_id": CONTROL}}, 422, "episode_id"),
]


@pytest.mark.parametrize(
    ("path", "request_", "status", "named"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_a_wrong_request_gets_a_problem_that_names_it(
    api: httpx.Client, path: str, request_: dict[str, object], status: int, named: str
) -> None:
    _assert_problem(api.post(path, **request_), status, named)  # type: ignore[arg-type]


def test_a_finished_episode_takes_no_step(api: httpx.Client) -> None:
    episode_id = api.post("/reset", json={"task_id": TASK.id}).json()["episode_id"]
    body = {"episode_id": episode_id, "proposed_fix": TASK.solution}
    assert api.post("/step", json=body).json()["done"]
    _assert_problem(api.post("/step", json=body), 409, "finished")
    assert api.get("/state", params={"episode_id": episode_id}).json()["step_count"] == 1


def test_an_item_of_a_batch_that_is_wrong_costs_only_itself(api: httpx.Client) -> None:
    items = [{"task_id": "hard-99", "source": ""}, {"task_id": TASK.id, "source": TASK.solution}, {"task_id": 3}]
    unknown, graded, malformed = api.post("/grade/batch", json={"items": items}).json()["items"]
    assert unknown["problem"]["status"] == 404
    assert graded["verdict"]["solved"]
    assert malformed["problem"]["status"] == 422


def _assert_problem(answer: httpx.Response, status: int, named: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert named in problem["detail"]
