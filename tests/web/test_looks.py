"""It can be read and used: in both colour schemes, on a phone, by keyboard alone, and by what reads screens aloud."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import PHONE, Open
from tests.web.playing import SOLUTION, editor, steps
from tests.web.stack import ROOT, Stack

PAGES = {
    "play": "?task=easy-1",
    "sandbox": "sandbox",
    "live": "live",
    "episodes": "episodes",
    "tasks": "tasks",
    "agents": "agents",
}
PAGES |= {"task": "tasks/easy-1", "episode": "episodes/looked-at", "agent": "agents/looker"}
_FOCUSED = "() => document.activeElement?.shadowRoot?.activeElement?.getAttribute('aria-label')"
_AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="module", autouse=True)
def played(stack: Stack) -> None:
    """So that no page is empty."""
    stack.api.post("/reset", json={"task_id": "easy-1", "episode_id": "looked-at", "agent_id": "looker"})
    stack.api.post("/step", json={"episode_id": "looked-at", "proposed_fix": SOLUTION}).raise_for_status()


def _is_there(page: Page) -> None:
    expect(page.get_by_role("main").get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_text(re.compile("^Loading the"))).to_have_count(0)


def _violations(page: Page) -> list[str]:
    """What axe finds that is serious or worse."""
    page.evaluate(_AXE.read_text("utf-8"))
    found: dict[str, Any] = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{each['id']}: {each['help']}: {each['nodes'][0]['html'][:200]}"
        for each in found["violations"]
        if each["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_no_page_has_a_serious_violation(open_page: Open, name: str, scheme: str) -> None:
    page = open_page(PAGES[name], color_scheme=scheme)
    _is_there(page)
    assert _violations(page) == []


def test_the_colour_scheme_follows_the_system_or_the_choice_which_is_kept(open_page: Open) -> None:
    page = open_page(color_scheme="dark")
    dark = _background(page)
    page.get_by_role("radio", name="Light").first.check(force=True)
    light = _background(page)
    assert dark != light
    page.reload()
    expect(page.get_by_role("navigation", name="Pages")).to_be_visible()
    assert _background(page) == light


def _background(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.documentElement).backgroundColor"))


@pytest.mark.parametrize("name", PAGES)
def test_every_page_fits_a_phone(open_page: Open, name: str) -> None:
    page = open_page(PAGES[name], viewport=PHONE, has_touch=True, is_mobile=True)
    _is_there(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    expect(page.get_by_role("navigation", name="Pages").get_by_role("link", name="Live")).to_be_visible()


def test_a_task_is_chosen_and_solved_by_keyboard_alone(open_page: Open) -> None:
    page = open_page("?task=hard-1")
    expect(editor(page)).to_be_editable()
    page.keyboard.press("/")
    search = page.get_by_role("combobox", name="Search tasks")
    expect(search).to_be_focused()
    page.keyboard.type("easy-1")
    expect(page.get_by_role("listbox", name="Tasks").get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("task=easy-1"))
    expect(editor(page)).to_contain_text("average_list")
    for _ in range(60):
        if page.evaluate(_FOCUSED) == "Your fix":
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.type("def average_list(numbers): return sum(numbers) / len(numbers) if numbers else 0.0")
    page.keyboard.press("Control+Enter")
    expect(steps(page)).to_contain_text("Solved")
