"""How long a page keeps its main thread, as the browser's own trace tells it."""

import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page

_CATEGORIES = ["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline", "__metadata"]


def longest_task_ms(page: Page, what: Callable[[], None]) -> float:
    """CPU time of the longest task of the page's main thread while `what` is done.

    Not its wall time, as the Long Tasks API tells it: on a busy machine that is mostly waiting for a core.
    """
    browser = page.context.browser
    assert browser is not None
    browser.start_tracing(page=page, categories=_CATEGORIES)
    what()
    events: list[dict[str, Any]] = json.loads(browser.stop_tracing())["traceEvents"]
    main = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    tasks = [event for event in events if event["name"] in _TASKS and (event["pid"], event["tid"]) in main]
    assert tasks, "the trace holds no task of a page"
    return max(float(event.get("tdur", event.get("dur", 0))) for event in tasks) / 1000


_TASKS = ("RunTask", "ThreadControllerImpl::RunTask")
