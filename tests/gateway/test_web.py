"""The page at /web."""

import httpx


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
