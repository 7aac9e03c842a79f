"""A wrong address is an error at the first call that names the cause; once a gateway has answered, it is an outage."""

import asyncio
import contextlib
import ssl
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import httpx
import pytest

from codearena import AsyncCodeArena, CodeArena, RetryPolicy
from codearena.errors import CallerError, ServiceError, UnreachableError
from tests.codearena.sdk.test_client import VERDICT, Script, Waits, arena, problem
from tests.codearena.server.test_tls import authority, certified, pytestmark  # noqa: F401  # the mark: openssl
from tests.ports import free_port

HEALTHY = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{"status":"healthy"}'


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Without any proxy."""
    for name in ("http", "https", "all", "no"):
        monkeypatch.delenv(f"{name}_proxy", raising=False)
        monkeypatch.delenv(f"{name}_proxy".upper(), raising=False)
    return monkeypatch


@asynccontextmanager
async def answering(answer: bytes, tls: ssl.SSLContext | None = None, port: int = 0) -> AsyncIterator[int]:
    """The port of a server that gives that answer to whatever comes."""
    serving: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.add(cast("asyncio.Task[None]", asyncio.current_task()))
        with contextlib.suppress(OSError):
            await reader.read(65536)  # all of a head: it is one segment here
            writer.write(answer)
            await writer.drain()
            writer.close()
            await writer.wait_closed()

    async with await asyncio.start_server(serve, "127.0.0.1", port, ssl=tls) as server:
        yield server.sockets[0].getsockname()[1]
    await asyncio.gather(*serving)


def answer(head: str, body: str = "<html>", kind: str = "text/html") -> bytes:
    return f"HTTP/1.1 {head}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()


async def stats(url: str, tries: int = 2) -> str:
    """What the first call says."""
    retry = RetryPolicy(attempts=tries, sleep=Waits())
    async with AsyncCodeArena(url, retry=retry, timeout_s=10) as client:
        with pytest.raises(UnreachableError) as caught:
            await client.stats()
    assert isinstance(caught.value, CallerError)
    return str(caught.value)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("127.0.0.1:7860", "has no scheme; is it http://127.0.0.1:7860?"),
        ("localhost:7860", "has no scheme; is it http://localhost:7860?"),
        ("//localhost:7860", "has no scheme; is it http://localhost:7860?"),
        ("user:secret@gpu-box", "has no scheme; is it http://gpu-box?"),
        ("", "is empty"),
        (" \n", "is empty"),
        ("ws://localhost:7860", "has the scheme 'ws'"),
        ("http://", "has no host"),
        ("http://:7860", "has no host"),
        ("http://localhost:99999", "is not valid"),
        ("http://localhost:port", "is not valid"),
    ],
)
async def test_a_malformed_url_is_named_by_the_first_call(url: str, said: str) -> None:
    text = await stats(url)
    assert said in text
    assert "secret" not in text


async def test_space_around_a_url_does_no_harm() -> None:
    async with answering(HEALTHY) as port, AsyncCodeArena(f" http://127.0.0.1:{port}\n") as client:
        assert (await client.health()).status == "healthy"


async def test_https_on_a_port_that_speaks_http_is_said_without_trying_again() -> None:
    async with answering(answer("400 Bad Request")) as port:
        text = await stats(f"https://127.0.0.1:{port}", tries=10**9)
        assert text.endswith(f"does not speak TLS; is it http://127.0.0.1:{port}?")


async def test_http_on_a_port_that_speaks_https_asks_whether_it_does(tmp_path: Path) -> None:
    files = certified(tmp_path / "service", authority(tmp_path / "ca"))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(files / "cert.pem", files / "key.pem")
    async with answering(HEALTHY, tls) as port:
        assert f"is it https://127.0.0.1:{port}?" in await stats(f"http://127.0.0.1:{port}")


async def test_a_certificate_that_is_not_trusted_is_said_so(tmp_path: Path, environment: pytest.MonkeyPatch) -> None:
    files = certified(tmp_path / "service", authority(tmp_path / "ca"))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(files / "cert.pem", files / "key.pem")
    async with answering(HEALTHY, tls) as port:
        text = await stats(f"https://127.0.0.1:{port}", tries=10**9)
        assert "its certificate is not trusted" in text
        assert "SSL_CERT_FILE" in text
        environment.setenv("SSL_CERT_FILE", str(files / "ca.pem"))
        async with AsyncCodeArena(f"https://127.0.0.1:{port}") as client:
            assert (await client.health()).status == "healthy"
    environment.setenv("SSL_CERT_FILE", str(tmp_path / "missing.pem"))
    assert "SSL_CERT_FILE" in await stats(f"https://127.0.0.1:{port}")


async def test_a_port_where_nobody_listens_is_named_after_the_last_try() -> None:
    port = free_port()
    assert await stats(f"http://127.0.0.1:{port}") == f"no answer from http://127.0.0.1:{port}: Connection refused"


async def test_a_host_that_is_not_known_is_named() -> None:
    assert "the host nowhere.invalid is not known" in await stats("http://nowhere.invalid:7860")


async def test_a_gateway_that_comes_up_while_it_is_tried_is_waited_for() -> None:
    port, started = free_port(), []

    async def starts(_: float) -> None:
        if not started:
            empty = answer("200 OK", "[]", "application/json")
            started.append(await stack.enter_async_context(answering(empty, port=port)))

    async with contextlib.AsyncExitStack() as stack:
        retry = RetryPolicy(attempts=3, sleep=starts)
        async with AsyncCodeArena(f"http://127.0.0.1:{port}", retry=retry) as client:
            assert await client.tasks() == []


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("200 OK", "200 OK with text/html, as no gateway does"),
        ("404 Not Found", "404 Not Found with text/html"),
        ("401 Unauthorized", "401 Unauthorized"),
        ("500 Internal Server Error", "500 Internal Server Error"),
        (
            "302 Found\r\nLocation: https://u:secret@login.example.com/?token=secret",
            "redirect to https://login.example.com/;",
        ),
        ("308 Permanent Redirect\r\nLocation: /elsewhere", "redirect to /elsewhere;"),
    ],
)
async def test_another_service_is_told_from_a_gateway(head: str, said: str) -> None:
    async with answering(answer(head)) as port:
        text = await stats(f"http://127.0.0.1:{port}", tries=10**9)
    assert said in text
    assert "secret" not in text


async def test_another_services_problem_document_is_not_a_gateways() -> None:
    document = '{"type": "about:blank", "title": "Not Found", "status": 404, "detail": "no"}'
    async with answering(answer("404 Not Found", document, "application/problem+json")) as port:
        assert "as no gateway does" in await stats(f"http://127.0.0.1:{port}")


async def test_a_gateway_below_another_path_is_told() -> None:
    client = arena(Script(problem("not-found", 404)))
    with pytest.raises(UnreachableError, match="knows no /stats; is the path of the URL right"):
        await client.stats()


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("407 Proxy Authentication Required", "the proxy wants other credentials"),
        ("200 OK", "as no gateway does"),
        ("403 Forbidden", "403 Forbidden"),
    ],
)
async def test_a_proxy_that_answers_itself_is_named(head: str, said: str, environment: pytest.MonkeyPatch) -> None:
    async with answering(answer(head)) as port:
        environment.setenv("HTTP_PROXY", f"http://user:secret@127.0.0.1:{port}")
        text = await stats("http://gateway.invalid:7860", tries=10**9)
    assert f"by the proxy http://127.0.0.1:{port} (HTTP_PROXY)" in text
    assert said in text
    assert "secret" not in text


async def test_a_proxy_that_is_dead_is_named(environment: pytest.MonkeyPatch) -> None:
    port = free_port()
    environment.setenv("HTTP_PROXY", f"127.0.0.1:{port}")
    text = await stats("http://gateway.invalid:7860")
    assert f"by the proxy http://127.0.0.1:{port} (HTTP_PROXY): Connection refused" in text
    environment.setenv("HTTPS_PROXY", f"127.0.0.1:{port}")
    assert "(HTTPS_PROXY): Connection refused" in await stats("https://gateway.invalid")
    async with answering(answer("407 Proxy Authentication Required")) as refusing:
        environment.setenv("HTTPS_PROXY", f"127.0.0.1:{refusing}")
        assert "407 Proxy Authentication Required" in await stats("https://gateway.invalid", tries=10**9)


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
@pytest.mark.parametrize("proxy", ["http://127.0.0.1:9", "socks5h://127.0.0.1:1", "socks://127.0.0.1:1"])
async def test_a_gateway_on_this_machine_is_reached_past_every_proxy(
    variable: str, proxy: str, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv(variable, proxy)
    async with answering(HEALTHY) as port:
        for host in ("127.0.0.1", "localhost"):
            async with AsyncCodeArena(f"http://{host}:{port}") as client:
                assert (await client.health()).status == "healthy"


async def test_a_socks_proxy_without_its_package_breaks_no_construction_and_names_the_extra(
    environment: pytest.MonkeyPatch,
) -> None:
    environment.setenv("ALL_PROXY", "socks5h://127.0.0.1:1")
    environment.setitem(sys.modules, "socksio", None)  # as if it was not installed
    with CodeArena("http://gateway.invalid:7860") as client, pytest.raises(UnreachableError) as caught:
        client.stats()
    assert 'socks5h://127.0.0.1:1 (ALL_PROXY), which takes pip install "codearena[socks]"' in str(caught.value)


OK = httpx.Response(200, json=VERDICT)


@pytest.mark.parametrize(
    "passing",
    [
        lambda: httpx.ConnectError("refused"),
        lambda: httpx.ConnectTimeout("slow"),
        lambda: httpx.RemoteProtocolError("closed"),
        lambda: httpx.DecodingError("not gzip"),
        lambda: httpx.Response(200, text="<html>a portal</html>"),
        lambda: httpx.Response(302, headers={"Location": "/login"}),
        lambda: httpx.Response(404, text="no such backend"),
        lambda: httpx.Response(500, text="oops"),
        lambda: httpx.Response(502, text="bad gateway"),
    ],
)
async def test_in_mid_run_the_same_is_an_outage_which_is_tried_again(
    passing: Callable[[], httpx.Response | Exception],
) -> None:
    script = Script(OK, passing(), OK, *[passing() for _ in range(4)])
    client = arena(script)
    await client.grade("easy-1", "x")
    assert (await client.grade("easy-1", "x")).reward == 0.9
    with pytest.raises(ServiceError):
        await client.grade("easy-1", "x")
    assert len(script.requests) == 7


async def test_a_gateway_that_answered_with_a_problem_has_been_reached() -> None:
    client = arena(Script(*[problem("store", 503)] * 4, *[httpx.ConnectError("refused")] * 4))
    for _ in range(2):
        with pytest.raises(ServiceError):
            await client.grade("easy-1", "x")
