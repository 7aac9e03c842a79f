"""Who is served while there are no keys, and which pages may call."""

import httpx
import pytest

from gateway.access.exposure import OpenToAllError
from gateway.server import GatewayServer
from gateway.settings import Settings
from tests.gateway.access.conftest import MakeKey
from tests.gateway.conftest import Serve


async def test_without_keys_the_machine_itself_is_served(api: httpx.AsyncClient) -> None:
    assert (await api.get("/tasks")).status_code == 200


@pytest.mark.parametrize("exposed", [{"host": "0.0.0.0"}, {"published_on": "0.0.0.0"}, {"published_on": "192.0.2.1"}])
async def test_does_not_start_without_keys_where_others_could_call(settings: Settings, exposed: dict[str, str]) -> None:
    server = GatewayServer(settings.model_copy(update=exposed))
    with pytest.raises(OpenToAllError, match="codearena keys create"):
        await server.start()


async def test_starts_there_with_keys_or_when_told_to(serve: Serve, settings: Settings, make_key: MakeKey) -> None:
    exposed = settings.model_copy(update={"published_on": "0.0.0.0"})
    open_to_all = await serve(exposed.model_copy(update={"allow_anonymous": True}))
    assert (await open_to_all.get("/tasks")).status_code == 200
    headers = await make_key("team-a")
    closed = await serve(exposed)
    assert (await closed.get("/tasks")).status_code == 401
    assert (await closed.get("/tasks", headers=headers)).status_code == 200


async def test_says_whom_it_serves(settings: Settings, make_key: MakeKey) -> None:
    async def said() -> str:
        server = GatewayServer(settings)
        await server.start()
        await server.drain()
        return server.callers

    assert await said() == "this machine only, since there are no API keys"
    await make_key("team-a")
    assert await said() == "whoever has an API key"


async def test_without_keys_pages_of_other_sites_are_refused(api: httpx.AsyncClient) -> None:
    page = await api.get("/tasks", headers={"Origin": "https://example.org"})
    rebound = await api.get("/tasks", headers={"Host": "rebound.example.org"})
    assert (page.status_code, rebound.status_code) == (403, 403)


@pytest.mark.parametrize("headers", [{"Host": "["}, {"Host": "[::1"}, {"Origin": "http://["}])
async def test_without_keys_a_name_that_is_none_is_refused(api: httpx.AsyncClient, headers: dict[str, str]) -> None:
    answer = await api.get("/tasks", headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:codearena:problem:forbidden")


async def test_cors_is_closed_by_default(api: httpx.AsyncClient, make_key: MakeKey) -> None:
    await make_key("team-a")
    preflight = {"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}
    answer = await api.options("/step", headers=preflight)
    assert "Access-Control-Allow-Origin" not in answer.headers


async def test_listed_origins_may_call(serve: Serve, settings: Settings, make_key: MakeKey) -> None:
    await make_key("team-a")
    api = await serve(settings.model_copy(update={"cors_origins": ("https://example.org",)}))
    preflight = {"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}
    answer = await api.options("/step", headers=preflight)
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, "https://example.org")


def test_origins_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODEARENA_GATEWAY_CORS_ORIGINS", "https://a.example, https://b.example")
    assert Settings().cors_origins == ("https://a.example", "https://b.example")
