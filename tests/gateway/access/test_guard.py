"""What WebSocket connections pass: the guard in front of an application that echoes."""

import contextlib
from collections.abc import AsyncIterator, Iterator

import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

from gateway.access import caller as callers
from gateway.access.guard import Guard
from gateway.access.keyring import Keyring
from gateway.settings import Settings
from gateway.store.redis import Store
from tests.gateway.access.conftest import MakeKey


async def _echo(socket: WebSocket) -> None:
    await socket.accept()
    try:
        while True:
            await socket.send_text(callers.owned(await socket.receive_text()))
    except WebSocketDisconnect:
        pass


@contextlib.contextmanager
def _client(settings: Settings) -> Iterator[TestClient]:
    keyrings = list[Keyring]()

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with Store(settings) as store:
            keyrings.append(Keyring(store.api_keys, settings.keys_max_age_s))
            yield

    app = Starlette(routes=[WebSocketRoute("/ws", _echo)], lifespan=lifespan)
    with TestClient(Guard(app, settings, lambda _: keyrings[0])) as client:
        yield client


async def test_a_connection_without_a_key_is_refused(settings: Settings, make_key: MakeKey) -> None:
    await make_key("team-a")
    with (
        _client(settings) as client,
        pytest.raises(WebSocketDenialResponse) as refused,
        client.websocket_connect("/ws"),
    ):
        pass
    assert refused.value.status_code == 401


async def test_messages_of_a_connection_are_their_owners(settings: Settings, make_key: MakeKey) -> None:
    headers = await make_key("team-a", concurrent=1)
    with _client(settings) as client, client.websocket_connect("/ws", headers=headers) as socket:
        for message in ("one", "two"):
            socket.send_text(message)
            assert socket.receive_text() == f"team-a/{message}"


async def test_a_connection_ends_once_its_key_is_revoked(settings: Settings, make_key: MakeKey, store: Store) -> None:
    headers = await make_key("team-a")
    settings = settings.model_copy(update={"keys_max_age_s": 1e-9})
    with _client(settings) as client, client.websocket_connect("/ws", headers=headers) as socket:
        [kept] = await store.api_keys.all()
        await store.api_keys.revoke(kept.key_id)
        socket.send_text("one")
        with pytest.raises(WebSocketDisconnect) as ended:
            socket.receive_text()
    assert ended.value.code == 1008
