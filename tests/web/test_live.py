"""The live page: it moves while a run plays, stands what a run sends, and goes on after the gateway was away."""

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor

from playwright.sync_api import Page, expect

from tests.web.conftest import Open
from tests.web.playing import SOLUTION
from tests.web.stack import Stack
from tests.web.tasks_of_main_thread import longest_task_ms

_EPISODES, _EVENTS = 50, 10_000


def _attempts(page: Page) -> int:
    told = page.get_by_label("Summary").locator("div", has_text="Attempts").first.inner_text()
    return int(re.findall(r"[\d,]+", told)[0].replace(",", ""))


def _play(stack: Stack, number: int, agent_id: str = "live") -> None:
    episode_id = f"{agent_id}-{number}"
    reset = {"task_id": "easy-1", "agent_id": agent_id, "episode_id": episode_id}
    stack.api.post("/reset", json=reset).raise_for_status()
    stack.api.post("/step", json={"episode_id": episode_id, "proposed_fix": SOLUTION}).raise_for_status()


def test_the_page_moves_while_fifty_episodes_are_played(open_page: Open, stack: Stack) -> None:
    page = open_page("live")
    before = _attempts(page)
    with ThreadPoolExecutor(8) as players:
        for _ in players.map(lambda number: _play(stack, number), range(_EPISODES)):
            pass
    summary = page.get_by_label("Summary").locator("div", has_text="Attempts").first
    expect(summary).to_contain_text(f"{before + _EPISODES:,}")
    expect(page.get_by_role("img", name=re.compile("^Reward over time"))).to_be_visible()
    last = page.get_by_role("table", name="Last episodes")
    expect(last.get_by_role("row", name=re.compile("easy-1")).first).to_be_visible()
    for part in ("Outcomes", "Complexity", "Fixes by method", "Sandboxes", "Curriculum"):
        expect(page.get_by_role("heading", name=part, exact=True)).to_be_visible()
    last.get_by_role("link").first.click()
    expect(page).to_have_url(re.compile("/web/episodes/live-"))


def _event(number: int) -> dict[str, str]:
    """As the commit of a step tells it."""
    data = {
        "time_ms": int(time.time() * 1000),
        "episode_id": f"many-{number // 5}",
        "agent_id": "many",
        "task_id": "easy-1",
        "level": "easy",
        "partition": "train",
        "group_id": None,
        "category": "easy",
        "step": number % 5 + 1,
        "max_steps": 5,
        "reward": round((number * 37 % 100) / 100, 2),
        "components": {"compile_score": 1.0, "test_pass_ratio": 0.5, "efficiency_score": 0.0}
        | dict.fromkeys(("llm_correctness", "llm_security", "llm_quality"), 0.5),
        "done": number % 5 == 4,
        "solved": False,
        "tests_passed": 1,
        "tests_total": 2,
        "outcome": "failed",
        "complexity": "O(n)",
        "judge": "static",
        "identical": False,
        "method": "many",
        "attempt_id": f"{number:032x}",
    }
    return {"kind": "step", "data": json.dumps(data)}


def test_ten_thousand_events_keep_it_responsive(open_page: Open, stack: Stack) -> None:
    page = open_page("live")
    expect(page.get_by_role("status").get_by_text("live", exact=True)).to_be_visible()

    def flood() -> None:
        with stack.redis() as redis, redis.pipeline(transaction=False) as pipe:
            for number in range(_EVENTS):
                pipe.xadd("{codearena}:events", _event(number))
            pipe.execute()
        last = page.get_by_role("table", name="Last episodes").get_by_role("row", name=re.compile("many")).first
        expect(last).to_be_visible()
        expect(page.get_by_text(re.compile(r"1\d,\d{3} events"))).to_be_visible()

    assert longest_task_ms(page, flood) < 200


def test_the_page_says_that_the_gateway_is_away_and_goes_on_when_it_is_back(open_page: Open, stack: Stack) -> None:
    page = open_page("live")
    _play(stack, 0, "before")
    last = page.get_by_role("table", name="Last episodes")
    expect(last.get_by_role("row", name=re.compile("before")).first).to_be_visible()
    stack.stop()
    try:
        expect(page.get_by_text("The gateway does not answer.")).to_be_visible()
    finally:
        stack.start()
    expect(page.get_by_text("The gateway does not answer.")).to_be_hidden()
    _play(stack, 1, "after")
    expect(last.get_by_role("row", name=re.compile("after")).first).to_be_visible()
    expect(last.get_by_role("row", name=re.compile("before")).first).to_be_visible()
