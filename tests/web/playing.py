"""What people do on the page where one plays."""

from playwright.sync_api import Locator, Page, expect

from codearena.tasks.folder import load_tasks
from tests.web.stack import ROOT

SOLUTION = load_tasks(ROOT / "gateway" / "tasks")["easy-1"].solution
WRONG = "def average_list(numbers):\n    return 0.0\n"


def editor(page: Page) -> Locator:
    """Where the fix is written."""
    return page.get_by_role("textbox", name="Your fix")


_PASTE = """(node, text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", text);
    node.dispatchEvent(new ClipboardEvent("paste", {clipboardData, bubbles: true, cancelable: true}));
}"""


def paste(field: Locator, source: str) -> None:
    """Puts a source in place of what is in an editor, as people paste it.

    Not by `fill`: that has the browser itself join lines, for which it makes up styles that the policy refuses.
    """
    expect(field).to_be_editable()
    field.press("Control+a")
    field.evaluate(_PASTE, source)


def write(page: Page, source: str) -> None:
    """Puts a source in place of the fix that is there."""
    paste(editor(page), source)


def step(page: Page) -> None:
    page.get_by_role("button", name="Run step").click()


def steps(page: Page) -> Locator:
    """The steps of the episode."""
    return page.get_by_role("radiogroup", name="Steps of this episode")


def log(page: Page) -> Locator:
    """What the shown attempt did."""
    return page.get_by_role("region", name="What happened")
