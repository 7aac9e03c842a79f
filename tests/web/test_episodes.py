"""Episodes are found, replayed step by step, and taken along."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.web.conftest import Open
from tests.web.playing import SOLUTION, WRONG
from tests.web.stack import Stack


@pytest.fixture(scope="module")
def played(stack: Stack) -> str:
    """Id of an episode of two steps."""
    stack.api.post("/reset", json={"task_id": "easy-1", "episode_id": "replayed", "agent_id": "player"})
    for fix in (WRONG, SOLUTION):
        stack.api.post(
            "/step", json={"episode_id": "replayed", "proposed_fix": fix, "method": "by-test"}
        ).raise_for_status()
    return "replayed"


def test_an_episode_is_found_by_search_and_filters(open_page: Open, played: str) -> None:
    page = open_page("episodes")
    table = page.get_by_role("table", name="Episodes")
    page.get_by_role("searchbox").fill("replay")
    expect(table.get_by_role("row")).to_have_count(2)
    expect(table.get_by_role("link")).to_have_count(1)
    page.get_by_role("searchbox").fill("no such episode")
    expect(table).to_have_count(0)


def test_a_replay_shows_each_step_with_its_verdict(open_page: Open, played: str) -> None:
    page = open_page(f"episodes/{played}")
    radios = page.get_by_role("radiogroup").get_by_role("radio", name=re.compile("^Step"))
    expect(radios).to_have_count(2)
    radios.nth(0).check(force=True)
    expect(page.get_by_label("Log", exact=True)).to_contain_text("tests passed")
    expect(page.get_by_text("return 0.0").first).to_be_visible()
    radios.nth(1).check(force=True)
    expect(page.get_by_label("Log", exact=True)).to_contain_text("solved")


def test_an_episode_is_downloaded_as_json(open_page: Open, played: str, tmp_path: Path) -> None:
    page = open_page(f"episodes/{played}")
    with page.expect_download() as download:
        page.get_by_role("button", name=re.compile("JSON")).or_(
            page.get_by_role("link", name=re.compile("JSON"))
        ).click()
    download.value.save_as(tmp_path / "episode.json")
    episode = json.loads((tmp_path / "episode.json").read_text("utf-8"))
    assert [attempt["proposed_fix"] for attempt in episode["attempts"]] == [WRONG, SOLUTION]


def test_an_episode_that_is_not_there_is_said_to_be_gone(open_page: Open) -> None:
    page = open_page("episodes/never-was")
    expect(page.get_by_role("alert")).to_contain_text("there is no episode never-was")
