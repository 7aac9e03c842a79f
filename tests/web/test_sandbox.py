"""Any program is tried in the sandbox."""

from playwright.sync_api import Page, expect

from tests.web.conftest import Open
from tests.web.playing import paste


def _run(page: Page, code: str, stdin: str = "") -> None:
    paste(page.get_by_role("textbox", name="Program"), code)
    page.get_by_role("textbox", name="Standard input").fill(stdin)
    page.get_by_role("button", name="Run").click()


def test_a_program_reads_its_input_and_its_output_time_and_memory_are_shown(open_page: Open) -> None:
    page = open_page("sandbox")
    _run(page, "print(sum(int(word) for word in input().split()))\n", "20 22\n")
    result = page.get_by_role("region", name="Result")
    expect(result).to_contain_text("42")
    expect(result).to_contain_text("exit status 0")
    for fact in ("CPU time", "Peak memory", "Complexity"):
        expect(result).to_contain_text(fact)


def test_an_endless_program_is_ended_and_the_page_says_so(open_page: Open) -> None:
    page = open_page("sandbox")
    _run(page, "while True:\n    pass\n")
    result = page.get_by_role("region", name="Result")
    expect(result).to_contain_text("time limit")
    expect(page.get_by_role("button", name="Run")).to_be_enabled()
