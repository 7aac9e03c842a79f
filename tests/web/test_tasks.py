"""The catalogue is searched, and a task shown without its hidden parts."""

from playwright.sync_api import expect

from tests.web.conftest import Open
from tests.web.stack import ROOT, Stack


def test_tasks_are_searched_and_one_opens_to_be_played(open_page: Open) -> None:
    page = open_page("tasks")
    table = page.get_by_role("table", name="Tasks")
    expect(table.get_by_role("link").first).to_be_visible()
    page.get_by_role("searchbox", name="Search tasks").fill("hard-1")
    expect(table.get_by_role("link")).to_have_count(1)
    table.get_by_role("link").click()
    expect(page.get_by_role("heading", name="The code as given")).to_be_visible()
    page.get_by_role("link", name="Play", exact=True).last.click()
    expect(page.get_by_role("textbox", name="Your fix")).to_contain_text("def max_subarray_sum")


def test_nothing_hidden_of_a_task_reaches_its_page(open_page: Open, stack: Stack) -> None:
    page = open_page("tasks/easy-1")
    expect(page.get_by_role("heading", name="Tests")).to_be_visible()
    solution = (ROOT / "gateway" / "tasks" / "easy" / "easy-1" / "solution.py").read_text("utf-8")
    assert solution.splitlines()[-1].strip() not in page.content()


def test_ten_thousand_tasks_stay_quick(open_page: Open, many_tasks: Stack) -> None:
    page = open_page("tasks", url=many_tasks.url)
    expect(page.get_by_text("10,000 tasks")).to_be_visible()
    assert page.get_by_role("table", name="Tasks").get_by_role("row").count() <= 101
    page.get_by_role("searchbox", name="Search tasks").fill("set/9999")
    expect(page.get_by_role("table", name="Tasks").get_by_role("link")).to_have_count(1)
