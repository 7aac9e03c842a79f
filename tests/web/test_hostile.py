"""Whatever stands in texts from outside, it stays text: nothing of it acts, turns the page round or breaks it."""

import json

import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import Open
from tests.web.playing import log, paste, step, write
from tests.web.stack import Stack

_TAGS = '<img src=x onerror="window.hit=1"><script>window.hit=1</script>'
_ESCAPES = "\x1b[31mred\x1b]0;title\x07\x9b5m"
_TURNS = "\u202eturned\u2066\u200e\u2069"
HOSTILE = f"{_TAGS} {_ESCAPES} {_TURNS} {'w' * 5000}"
_ACTING = "[\\u0000\\u001b\\u009b\\u0007\\u202a-\\u202e\\u2066-\\u2069\\u200e]"
_ATTEMPT = f"""
import sys
text = {HOSTILE!r} + chr(0)
def average_list(numbers):
    print(text)
    print("L" * 65536)
    if numbers:
        raise ValueError(text)
    return text
"""


def _is_quiet(page: Page) -> None:
    """Nothing that came as text is a part of the page, or can turn what is around it."""
    assert page.evaluate("window.hit") is None
    assert page.locator("img[src=x]").count() == 0
    acting = page.evaluate(f"() => new RegExp('{_ACTING}').exec(document.body.innerText)?.input?.slice(0, 200) ?? null")
    assert acting is None
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_what_a_hostile_attempt_says_stays_text(open_page: Open) -> None:
    page = open_page("?task=easy-1")
    write(page, _ATTEMPT)
    step(page)
    expect(log(page)).to_contain_text("<script>window.hit=1</script>")
    _is_quiet(page)
    page.reload()
    expect(log(page)).to_contain_text("<script>window.hit=1</script>")
    _is_quiet(page)
    episode = page.url.partition("episode=")[2].partition("&")[0]
    replay = open_page(f"episodes/{episode}")
    expect(replay.get_by_text("window.hit").first).to_be_visible()
    _is_quiet(replay)


def test_what_a_hostile_program_prints_stays_text(open_page: Open) -> None:
    page = open_page("sandbox")
    printing = "\nprint(text, file=sys.stderr)\nprint(text)\nprint('L' * 65536)\n"
    paste(page.get_by_role("textbox", name="Program"), _ATTEMPT + printing)
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_role("region", name="Result")).to_contain_text("<script>window.hit=1</script>")
    _is_quiet(page)


@pytest.mark.parametrize(
    "path", ["tasks", "tasks/hostile", "?task=hostile", "live", "episodes", "agents", "episodes/hostile-1"]
)
def test_what_a_hostile_task_says_stays_text(open_page: Open, hostile_stack: Stack, path: str) -> None:
    page = open_page(path, url=hostile_stack.url)
    expect(page.get_by_role("main").get_by_role("heading", level=1)).to_be_visible()
    page.wait_for_load_state("load")
    _is_quiet(page)


def hostile_record() -> str:
    """A task whose every text is hostile, as a line of JSON."""
    short = f"{_TAGS} {_TURNS}"[:150]
    return json.dumps(
        {
            "id": "hostile",
            "title": f"{short} {_ESCAPES}",
            "category": "hostile",
            "level": "easy",
            "source": short,
            "tags": [short[:100]],
            "metadata": {"public": {short: HOSTILE}},
            "description": f"{HOSTILE}\n{'L' * 65536}",
            "entry_point": "echo",
            "buggy": f"def echo(x):\n    return {HOSTILE!r}\n",
            "solution": "def echo(x):\n    return x\n",
            "tests": [
                {"name": short, "args": [HOSTILE], "expect": HOSTILE, "visible": True},
                {"name": "hidden", "args": [1], "expect": 1},
            ],
            "hints": [HOSTILE],
        }
    )
