"""What comes over the wire: little, compressed, all of it from here; and what the policy refuses."""

import re
import subprocess

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.conftest import DESKTOP, Open
from tests.web.stack import ROOT, Stack

_FIRST_LOAD_BYTES = 350_000


def test_the_first_load_is_small(browser: Browser, stack: Stack) -> None:
    context = browser.new_context(viewport=DESKTOP, extra_http_headers={"Accept-Encoding": "gzip"})  # type: ignore[arg-type]
    page = context.new_page()
    sizes: dict[str, int] = {}
    page.on("requestfinished", lambda request: sizes.setdefault(request.url, request.sizes()["responseBodySize"]))
    page.goto(f"{stack.url}/web/?task=easy-1")
    expect(page.get_by_role("textbox", name="Your fix")).to_be_editable()
    page.wait_for_load_state("networkidle")
    static = {url: size for url, size in sizes.items() if "/web/" in url}
    context.close()
    assert any(url.endswith(".js") for url in static)
    assert sum(static.values()) < _FIRST_LOAD_BYTES, static


def test_the_policy_stops_what_is_written_into_the_page(browser: Browser, stack: Stack) -> None:
    page = browser.new_page()
    page.goto(f"{stack.url}/web/")
    expect(page.get_by_role("navigation", name="Pages")).to_be_visible()
    page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "window.hit = true";
            document.body.append(script);
            const holder = document.createElement("div");
            holder.innerHTML = "<img src=x onerror='window.hit = true'>";
            document.body.append(holder);
        }"""
    )
    page.wait_for_function("() => document.querySelector('img[src=x]').complete")
    assert page.evaluate("window.hit") is None
    page.close()


def test_another_site_may_not_show_it_in_a_frame(browser: Browser, stack: Stack) -> None:
    page = browser.new_page()
    frame = f"<iframe src='{stack.url}/web/'></iframe>"
    page.route("http://elsewhere.example/", lambda route: route.fulfill(content_type="text/html", body=frame))
    page.goto("http://elsewhere.example/")
    page.wait_for_load_state("networkidle")
    assert page.frames[1].locator("nav").count() == 0
    page.close()


@pytest.mark.parametrize("path", ["", "live", "episodes", "tasks/easy-1", "agents"])
def test_every_page_opens_by_its_address(open_page: Open, path: str) -> None:
    page = open_page(path)
    expect(page.get_by_role("main").get_by_role("heading", level=1)).to_be_visible()


def test_what_was_loaded_once_is_not_asked_for_again(page: Page) -> None:
    expect(page.get_by_role("navigation", name="Pages")).to_be_visible()
    before = _assets(page)
    page.reload()
    expect(page.get_by_role("navigation", name="Pages")).to_be_visible()
    again = {name: size for name, size in _assets(page).items() if name in before}
    assert again
    assert set(again.values()) == {0}, again


def test_the_lock_names_no_host() -> None:
    lock = (ROOT / "frontend" / "package-lock.json").read_text("utf-8")
    assert '"resolved"' not in lock
    assert re.findall(r"https?://[^\"]*\.tgz", lock) == []


def test_the_build_takes_no_files_that_git_does_not_know() -> None:
    known = subprocess.run(["git", "ls-files", "frontend"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "frontend/package-lock.json" in known


def _assets(page: Page) -> dict[str, int]:
    """The assets that have arrived, with the bytes over the wire for each; those under way are not among them."""
    arrived = page.evaluate("() => performance.getEntriesByType('resource').map(one => [one.name, one.transferSize])")
    return {name: size for name, size in arrived if "/assets/" in name}
