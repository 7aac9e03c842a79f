"""The pages that a browser opens: /, /web and /docs."""

import re

import httpx
import pytest

from gateway.examples import EXAMPLES

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


async def test_the_page_is_one_file_that_loads_nothing_from_elsewhere(api: httpx.AsyncClient) -> None:
    page = await api.get("/web")
    assert page.status_code == 200
    assert page.headers["Content-Type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "http://" not in page.text and "https://" not in page.text
    for needed in ("tasks", "reset", "step", "reward_components"):
        assert needed in page.text


async def test_the_folder_leads_to_the_page(api: httpx.AsyncClient) -> None:
    answer = await api.get("/web/", follow_redirects=True)
    assert (answer.status_code, answer.url.path) == (200, "/web")


async def test_the_root_leads_a_browser_to_the_page_and_tells_a_program_what_this_is(api: httpx.AsyncClient) -> None:
    led = await api.get("/", headers=BROWSER, follow_redirects=True)
    assert (led.status_code, led.url.path) == (200, "/web")
    assert (await api.get("/")).json()["name"] == "codearena"


async def test_the_documentation_loads_nothing_from_elsewhere(api: httpx.AsyncClient) -> None:
    page = await api.get("/docs", headers=BROWSER)
    assert page.status_code == 200
    loaded = re.findall(r"""(?:src|href)=["']([^"']+)""", page.text)
    assert len(loaded) >= 2
    for path in loaded:
        assert path.startswith("/docs/assets/")
        assert (await api.get(path)).status_code == 200
    assert "http://" not in page.text and "https://" not in page.text


async def test_the_document_has_examples_of_each_main_call(api: httpx.AsyncClient) -> None:
    paths = (await api.get("/openapi.json")).json()["paths"]
    for path in ("/reset", "/step", "/grade", "/grade/batch", "/jobs", "/fix", "/run_raw"):
        examples = paths[path]["post"]["requestBody"]["content"]["application/json"]["examples"]
        assert all(example["summary"] and example["value"] for example in examples.values())


@pytest.mark.parametrize(("path", "name"), [(path, name) for path, named in EXAMPLES.items() for name in named])
async def test_every_example_is_answered_with_success_as_it_stands(
    api: httpx.AsyncClient, path: str, name: str
) -> None:
    await api.post("/reset", json=EXAMPLES["/reset"]["a task"]["value"])
    answer = await api.post(path, json=EXAMPLES[path][name]["value"])
    assert answer.is_success, answer.text
    items = answer.json().get("items")
    assert not isinstance(items, list) or all(item["problem"] is None for item in items)
