"""With API keys the pages stay open, since they hold nothing; what they then ask for takes a key as ever."""

import httpx
import pytest

from tests.gateway.access.conftest import MakeKey
from tests.gateway.test_web import BROWSER


@pytest.mark.parametrize("path", ["/", "/web", "/web/", "/web/episodes/e1"])
async def test_a_browser_without_a_key_gets_the_page(api: httpx.AsyncClient, make_key: MakeKey, path: str) -> None:
    await make_key("team-a")
    page = await api.get(path, headers=BROWSER, follow_redirects=True)
    assert page.status_code == 200
    assert page.url.path.startswith("/web/")


async def test_files_of_the_page_need_no_key_whoever_asks(api: httpx.AsyncClient, make_key: MakeKey) -> None:
    await make_key("team-a")
    assert (await api.get("/web/", headers={"Accept": "*/*"})).status_code == 200
    assert (await api.get("/web/assets/none.js", headers={"Accept": "*/*"})).status_code == 404


@pytest.mark.parametrize("path", ["/", "/tasks", "/episodes", "/agents", "/history", "/task-labels"])
@pytest.mark.parametrize("accept", ["*/*", "application/json"])
async def test_a_program_without_a_key_gets_a_problem_document(
    api: httpx.AsyncClient, make_key: MakeKey, path: str, accept: str
) -> None:
    await make_key("team-a")
    answer = await api.get(path, headers={"Accept": accept})
    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"


async def test_naming_html_opens_no_other_path(api: httpx.AsyncClient, make_key: MakeKey) -> None:
    await make_key("team-a")
    for path in ("/tasks", "/state", "/webx", "/docs/x", "/docs/assetsx"):
        assert (await api.get(path, headers=BROWSER)).status_code == 401
    assert (await api.post("/reset", headers=BROWSER)).status_code == 401


async def test_the_documentation_needs_no_key(api: httpx.AsyncClient, make_key: MakeKey) -> None:
    await make_key("team-a")
    for path in ("/docs", "/docs/assets/swagger-ui.css", "/openapi.json"):
        assert (await api.get(path, headers=BROWSER)).status_code == 200
