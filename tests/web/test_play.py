"""A newcomer solves a task: by hand, with the fixer, and by watching an agent do it."""

import re

from playwright.sync_api import expect

from tests.web.conftest import Open
from tests.web.playing import SOLUTION, WRONG, editor, log, step, steps, write


def test_a_task_is_solved_by_hand_and_the_verdict_told(open_page: Open) -> None:
    page = open_page("?task=easy-1")
    write(page, SOLUTION)
    step(page)
    expect(steps(page)).to_contain_text("Solved")
    expect(log(page)).to_contain_text("compile")
    expect(log(page)).to_contain_text("hidden test")
    reward = page.get_by_role("region", name="Reward")
    for component in ("Compiles", "Tests", "Efficiency", "Correctness", "Security", "Quality", "Reward"):
        expect(reward.get_by_role("rowheader", name=re.compile(f"^{component}"))).to_be_visible()
    expect(page.get_by_role("region", name="Judge")).to_contain_text("Static analysis")


def test_a_task_is_solved_with_the_fixer_whose_method_is_named(open_page: Open) -> None:
    page = open_page("?task=easy-1")
    expect(editor(page)).to_be_editable()
    page.get_by_role("button", name="AI Fix").click()
    expect(page.get_by_text("Fixed by builtin")).to_be_visible()
    step(page)
    expect(steps(page)).to_contain_text("Solved")


def test_an_agent_solves_a_task_and_each_of_its_deeds_is_shown(open_page: Open) -> None:
    page = open_page("?task=easy-1")
    expect(editor(page)).to_be_editable()
    page.get_by_role("button", name="Agent Mode").click()
    deeds = page.get_by_role("list", name="Agent")
    expect(deeds).to_contain_text("builtin")
    expect(deeds).to_contain_text("step 1")
    expect(deeds).to_contain_text("Solved.")
    expect(steps(page)).to_contain_text("Solved")


def test_earlier_attempts_are_kept_compared_and_restored(open_page: Open) -> None:
    page = open_page("?task=easy-1")
    write(page, WRONG)
    step(page)
    expect(steps(page).get_by_role("radio")).to_have_count(1)
    expect(log(page)).to_contain_text("got")
    write(page, SOLUTION)
    step(page)
    expect(steps(page).get_by_role("radio")).to_have_count(2)
    steps(page).get_by_role("radio", name="Step 1").check(force=True)
    expect(log(page).get_by_role("heading")).to_have_text("Attempt 1")
    page.get_by_role("button", name="Restore attempt 1").click()
    expect(editor(page)).to_contain_text("return 0.0")
    page.get_by_role("combobox", name="Compare with").select_option(label="Against attempt 2")
    expect(editor(page)).to_contain_text("numbers) / len")


def test_an_episode_is_found_again_by_its_address(open_page: Open) -> None:
    page = open_page("?task=easy-1")
    write(page, WRONG)
    step(page)
    expect(steps(page).get_by_role("radio")).to_have_count(1)
    page.reload()
    expect(steps(page).get_by_role("radio")).to_have_count(1)
    expect(editor(page)).to_contain_text("return 0.0")
