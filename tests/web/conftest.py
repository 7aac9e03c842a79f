"""One stack, one browser, and for each test a context of its own, in which nothing may go wrong unseen."""

import os
import shutil
from collections.abc import Callable, Iterator
from importlib.util import find_spec

import pytest

from tests.gateway.catalogue.records import record, write
from tests.web.stack import ROOT, Stack

if find_spec("playwright") is None:
    collect_ignore_glob = ["test_*.py"]
else:
    from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

_PATIENCE_MS = 90_000  # of a browser on a machine that is busy with other tests
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


def _obstacle() -> str:
    """Why the dashboard cannot be driven here; empty if it can."""
    if shutil.which("chromium") is None:
        return "no chromium on PATH: deploy/engine.sh chromium installs it where root on Debian"
    if not (ROOT / "gateway" / "web" / "index.html").exists():
        return "the dashboard is not built: deploy/frontend.sh builds it where there is Node.js"
    return ""


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the browser; skips where there is none or nothing to drive, unless the test run has set it up."""
    if obstacle := _obstacle():
        if os.environ.get("CODEARENA_TESTS_NEED_BROWSER"):
            pytest.fail(obstacle)
        pytest.skip(obstacle)
    return str(shutil.which("chromium"))


@pytest.fixture(scope="session")
def stack(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    running = Stack(tmp_path_factory.mktemp("stack"))
    running.start()
    yield running
    running.close()


@pytest.fixture(scope="session")
def hostile_stack(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One that serves a task whose every text is hostile; an attempt at it has been made."""
    from tests.web.test_hostile import HOSTILE, hostile_record

    folder = tmp_path_factory.mktemp("hostile")
    (folder / "tasks.jsonl").write_text(hostile_record() + "\n", "utf-8")
    running = Stack(folder, CODEARENA_GATEWAY_TASKS_DIR=str(folder / "tasks.jsonl"))
    running.start()
    running.api.post("/reset", json={"task_id": "hostile", "episode_id": "hostile-1"})
    fix = f"def echo(x):\n    print({HOSTILE!r})\n    raise ValueError({HOSTILE!r})\n"
    running.api.post("/step", json={"episode_id": "hostile-1", "proposed_fix": fix}).raise_for_status()
    yield running
    running.close()


@pytest.fixture(scope="module")
def many_tasks(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One that serves ten thousand tasks."""
    folder = tmp_path_factory.mktemp("many")
    write(folder / "tasks.jsonl", map(record, range(10_000)))
    running = Stack(folder, CODEARENA_GATEWAY_TASKS_DIR=str(folder / "tasks.jsonl"))
    running.start()
    yield running
    running.close()


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator["Browser"]:
    expect.set_options(timeout=_PATIENCE_MS)
    with sync_playwright() as playwright:
        # As root, and in containers whose shared memory is small, Chromium starts only so.
        options = ["--no-sandbox", "--disable-dev-shm-usage"]
        launched = playwright.chromium.launch(executable_path=chromium, args=options)
        yield launched
        launched.close()


class Faults:
    """What went wrong in a page: errors of scripts, what the policy refused, what was asked of other origins."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self.seen: list[str] = []

    def watch(self, page: "Page") -> None:
        page.on("pageerror", lambda error: self.seen.append(f"error: {error}"))
        page.on("console", lambda message: self._told(message.type, f"{message.text} at {message.location}"))
        page.on("request", lambda request: self._asked(request.url))

    def _told(self, kind: str, text: str) -> None:
        # That an answer was a problem is told there, too, and is the business of the test.
        if kind == "error" and "Failed to load resource" not in text and "net::ERR_" not in text:
            self.seen.append(f"console: {text}")

    def _asked(self, url: str) -> None:
        if not url.startswith((self._origin, "data:", "blob:")):
            self.seen.append(f"asked {url}")


Open = Callable[..., "Page"]


@pytest.fixture
def open_page(browser: "Browser", stack: Stack) -> Iterator[Open]:
    """Opens a path of the dashboard in a context of its own; the test fails if anything goes wrong in it unseen.

    viewport, and whatever else Browser.new_context takes. url: of another stack.
    """
    contexts: list[BrowserContext] = []
    faults: list[Faults] = []

    def opened(path: str = "", *, url: str = stack.url, **options: object) -> "Page":
        context = browser.new_context(**{"viewport": DESKTOP, "reduced_motion": "reduce", **options})  # type: ignore[arg-type]
        context.set_default_timeout(_PATIENCE_MS)
        contexts.append(context)
        faults.append(Faults(url))
        page = context.new_page()
        faults[-1].watch(page)
        page.goto(f"{url}/web/{path}")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [fault for each in faults for fault in each.seen] == []


@pytest.fixture
def page(open_page: Open) -> "Page":
    """The dashboard, as it opens."""
    return open_page()
