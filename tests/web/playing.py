"""What people do on the page where one plays."""

from playwright.sync_api import Locator, Page, expect

from codearena.tasks.folder import load_tasks
from tests.web.stack import ROOT

SOLUTION = load_tasks(ROOT / "gateway" / "tasks")["easy-1"].solution
WRONG = "def average_list(numbers):\n    return 0.0\n"


def editor(page: Page) -> Locator:
    """Where the fix is written."""
    return page.get_by_role("textbox", name="Your fix")


def write(page: Page, source: str) -> None:
    """Puts a source in place of what is there."""
    expect(editor(page)).to_be_editable()
    editor(page).fill(source)


def step(page: Page) -> None:
    page.get_by_role("button", name="Run step").click()


def steps(page: Page) -> Locator:
    """The steps of the episode."""
    return page.get_by_role("radiogroup", name="Steps of this episode")


def log(page: Page) -> Locator:
    """What the shown attempt did."""
    return page.get_by_role("region", name="What happened")
