"""What a browser opens: the dashboard at /web, where / leads, and /docs."""

import gzip
import re
from pathlib import Path

import httpx
import pytest

from gateway.examples import EXAMPLES
from gateway.settings import Settings
from tests.gateway.conftest import Serve

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
_INDEX = '<!doctype html><html><head><base href="./" /><title>Built</title></head><body></body></html>'
_SCRIPT = b"console.log(1);" * 100


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A folder as the build leaves it."""
    folder = tmp_path / "web"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(_INDEX)
    (folder / "favicon.svg").write_text("<svg/>")
    (folder / "assets" / "main-a1b2.js").write_bytes(_SCRIPT)
    (folder / "assets" / "main-a1b2.js.gz").write_bytes(gzip.compress(_SCRIPT))
    (folder / "assets" / "main-a1b2.js.br").write_bytes(b"brotli")
    return folder


@pytest.fixture
async def served(serve: Serve, settings: Settings, built: Path) -> httpx.AsyncClient:
    return await serve(settings.model_copy(update={"dashboard_dir": built}))


@pytest.fixture
async def bare(serve: Serve, settings: Settings, tmp_path: Path) -> httpx.AsyncClient:
    """A gateway with which no dashboard was built."""
    return await serve(settings.model_copy(update={"dashboard_dir": tmp_path / "nothing"}))


@pytest.mark.parametrize("path", ["/", "/web", "/web/"])
async def test_a_browser_is_led_to_the_dashboard(served: httpx.AsyncClient, path: str) -> None:
    page = await served.get(path, headers=BROWSER, follow_redirects=True)
    assert (page.status_code, page.url.path) == (200, "/web/")
    assert "<title>Built</title>" in page.text


async def test_the_root_tells_a_program_what_this_is(served: httpx.AsyncClient) -> None:
    assert (await served.get("/")).json()["name"] == "codearena"


async def test_what_a_launcher_adds_to_the_address_is_kept(served: httpx.AsyncClient) -> None:
    page = await served.get("/web?theme=dark", follow_redirects=True)
    assert str(page.url).endswith("/web/?theme=dark")


@pytest.mark.parametrize(
    ("path", "base"),
    [("", "./"), ("play", "./"), ("episodes/e1", "../"), ("tasks/set/1", "../../"), ("index.html", "./")],
)
async def test_every_path_of_the_page_gets_it_with_the_way_back_to_its_files(
    served: httpx.AsyncClient, path: str, base: str
) -> None:
    page = await served.get(f"/web/{path}")
    assert page.status_code == 200
    assert re.findall(r'<base href="([^"]+)"', page.text) == [base]
    assert page.headers["Cache-Control"] == "no-store"


async def test_files_whose_names_hold_a_hash_are_kept_for_ever_and_others_asked_for_again(
    served: httpx.AsyncClient,
) -> None:
    script, icon = await served.get("/web/assets/main-a1b2.js"), await served.get("/web/favicon.svg")
    assert script.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert script.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert (icon.headers["Cache-Control"], icon.headers["Content-Type"]) == ("no-cache", "image/svg+xml")
    again = await served.get("/web/favicon.svg", headers={"If-None-Match": icon.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("GZIP", "gzip"),
        ("identity", None),
        ("gzip;q=0.0, br; q=0", None),
        ("", None),
    ],
)
async def test_a_file_is_sent_compressed_as_the_browser_takes_it(
    served: httpx.AsyncClient, accepted: str, encoding: str | None
) -> None:
    async with served.stream("GET", "/web/assets/main-a1b2.js", headers={"Accept-Encoding": accepted}) as answer:
        body = b"".join([part async for part in answer.aiter_raw()])
    assert answer.headers.get("Content-Encoding") == encoding
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert (gzip.decompress(body) if encoding == "gzip" else body) == (b"brotli" if encoding == "br" else _SCRIPT)


@pytest.mark.parametrize("path", ["assets/old-0000.js", "assets/../index.html", "assets/main-a1b2.js.gz"])
async def test_a_file_that_is_not_there_is_a_problem_and_not_the_page(served: httpx.AsyncClient, path: str) -> None:
    answer = await served.get(f"/web/{path.replace('..', '%2e%2e')}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.parametrize("path", ["../secret", "%2e%2e/secret", "assets/%2e%2e%2f%2e%2e%2fsecret", "%2fetc%2fpasswd"])
async def test_nothing_outside_the_folder_is_sent(served: httpx.AsyncClient, built: Path, path: str) -> None:
    (built.parent / "secret").write_text("not for you")
    answer = await served.get(f"/web/{path}", headers=BROWSER)
    assert "not for you" not in answer.text and "root:" not in answer.text


@pytest.mark.parametrize("path", ["/web/", "/web/episodes/e1", "/web/assets/main-a1b2.js", "/web/favicon.svg"])
async def test_the_policy_allows_what_is_its_own_and_nothing_inline(served: httpx.AsyncClient, path: str) -> None:
    headers = (await served.get(path)).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert (policy["default-src"], policy["script-src"], policy["style-src"]) == ("'none'", "'self'", "'self'")
    assert (policy["base-uri"], policy["form-action"]) == ("'self'", "'none'")
    assert policy["frame-ancestors"] == "'self'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert (headers["X-Content-Type-Options"], headers["Referrer-Policy"]) == ("nosniff", "no-referrer")


async def test_pages_that_may_show_it_in_a_frame_are_named(serve: Serve, settings: Settings, built: Path) -> None:
    named = {"dashboard_dir": built, "frame_ancestors": ("https://a.example", "https://b.example")}
    api = await serve(settings.model_copy(update=named))
    policy = (await api.get("/web/")).headers["Content-Security-Policy"]
    assert policy.endswith("frame-ancestors 'self' https://a.example https://b.example")


@pytest.mark.parametrize("word", ["https://a.example; script-src *", "'unsafe-inline'", "a b"])
def test_a_frame_ancestor_is_one_word_of_the_policy(word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODEARENA_GATEWAY_FRAME_ANCESTORS", word)
    with pytest.raises(ValueError, match="frame_ancestors"):
        Settings()


@pytest.mark.parametrize("path", ["/", "/web", "/web/", "/web/episodes/e1"])
async def test_without_a_built_dashboard_the_page_says_so_and_the_api_works(bare: httpx.AsyncClient, path: str) -> None:
    page = await bare.get(path, headers=BROWSER, follow_redirects=True)
    assert page.status_code == 200
    assert "deploy/frontend.sh" in page.text
    link = httpx.URL(str(page.url)).join(re.findall(r'href="([^"]+)"', page.text)[0])
    assert (await bare.get(link.path)).status_code == 200
    assert link.path == "/docs"
    assert (await bare.get("/tasks")).status_code == 200


async def test_a_dashboard_that_is_not_to_be_served_is_not(serve: Serve, settings: Settings, built: Path) -> None:
    api = await serve(settings.model_copy(update={"dashboard_dir": built, "dashboard": False}))
    assert (await api.get("/web/")).status_code == 404
    led = await api.get("/", headers=BROWSER, follow_redirects=True)
    assert (led.status_code, led.url.path) == (200, "/docs")


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
