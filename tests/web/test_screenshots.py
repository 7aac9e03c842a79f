"""Pictures of the pages for docs/, taken only where they are asked for: CODEARENA_TESTS_SCREENSHOTS=1."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.web.conftest import PHONE, Open
from tests.web.playing import SOLUTION, WRONG, editor, step, steps, write
from tests.web.stack import ROOT, Stack

_FOLDER = ROOT / "docs" / "dashboard"

pytestmark = pytest.mark.skipif(
    not os.environ.get("CODEARENA_TESTS_SCREENSHOTS"),
    reason="pictures are taken where CODEARENA_TESTS_SCREENSHOTS is set",
)


@pytest.fixture(scope="module", autouse=True)
def played(stack: Stack) -> None:
    """Something to see: agents, episodes of several tasks and levels, groups and repairs."""
    for number in range(24):
        task = ("easy-1", "medium-1", "hard-1", "type_errors-1")[number % 4]
        agent = ("grpo-7b", "sft-baseline")[number % 2]
        body = {"task_id": task, "agent_id": agent, "group_id": f"g{number // 8}"}
        episode = stack.api.post("/reset", json=body).json()
        code = episode["observation"]["buggy_code"]
        for _ in range(1 + number % 3):
            found = stack.api.post("/fix", json={"code": code, "task_id": task}).json()
            code = found["fixed_code"]
            fix = {"episode_id": episode["episode_id"], "proposed_fix": code, "method": found["method"]}
            if stack.api.post("/step", json=fix).json().get("done", True):
                break


def _taken(open_page: Open, path: str, name: str, **options: object) -> None:
    page = open_page(path, **options)
    expect(page.get_by_role("main").get_by_role("heading", level=1)).to_be_visible()
    page.wait_for_timeout(1500)  # a picture has no event that says that charts have drawn
    _FOLDER.mkdir(exist_ok=True)
    page.screenshot(path=_FOLDER / f"{name}.png")


@pytest.mark.parametrize("name", ["live", "episodes", "tasks", "agents", "sandbox"])
def test_picture_of_a_page(open_page: Open, name: str) -> None:
    _taken(open_page, name, name, color_scheme="light")


def test_picture_of_a_page_in_the_dark_and_on_a_phone(open_page: Open) -> None:
    _taken(open_page, "live", "live-dark", color_scheme="dark")
    _taken(open_page, "live", "live-phone", viewport=PHONE, device_scale_factor=2)


def test_picture_of_a_replay(open_page: Open, stack: Stack) -> None:
    episode = stack.api.get("/episodes", params={"task_id": "hard-1", "limit": 1}).json()["episodes"][0]["episode_id"]
    _taken(open_page, f"episodes/{episode}", "replay")


def test_picture_of_play(open_page: Open) -> None:
    page = open_page("?task=easy-1")
    for number, fix in enumerate((WRONG, SOLUTION), 1):
        write(page, fix)
        step(page)
        expect(steps(page).get_by_role("radio")).to_have_count(number)
    expect(editor(page)).to_be_visible()
    _FOLDER.mkdir(exist_ok=True)
    page.screenshot(path=Path(_FOLDER / "play.png"))
