"""/ws: OpenEnv's WebSocket protocol. One connection is one session; one text frame each way for every request.

A message that cannot be served is answered with an error and harms nothing else: the session goes on.
"""

import contextlib
import json
import logging
import uuid
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Literal

import orjson
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from codearena import models
from codearena.errors import CodeArenaError
from codearena.server import telemetry
from gateway import metrics, problems
from gateway.context import Context
from gateway.episode.sessions import Place, Session, SessionEnded, SessionsFullError

log = logging.getLogger(__name__)

router = APIRouter()

_NORMAL, _RESTART = 1000, 1012  # RFC 6455 section 7.4.1, and its IANA registry
_RESULT = ("observation", "reward", "done")


class Code(StrEnum):
    """Codes of OpenEnv's error messages."""

    INVALID_JSON = "INVALID_JSON"
    UNKNOWN_TYPE = "UNKNOWN_TYPE"
    VALIDATION_ERROR = "VALIDATION_ERROR"
    EXECUTION_ERROR = "EXECUTION_ERROR"
    CAPACITY_REACHED = "CAPACITY_REACHED"


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Reset(_Message):
    type: Literal["reset"]
    data: models.ResetRequest = models.ResetRequest()


class _Step(_Message):
    type: Literal["step"]
    data: models.Action


class _State(_Message):
    type: Literal["state"]


class _Close(_Message):
    type: Literal["close"]


class _MCP(_Message):
    type: Literal["mcp"]
    data: dict[str, Any]


_KINDS: Mapping[str, type[_Message]] = {"reset": _Reset, "step": _Step, "state": _State, "close": _Close, "mcp": _MCP}


class _Refused(Exception):  # noqa: N818
    """A message that is none."""

    def __init__(self, code: Code, message: str, errors: Sequence[Mapping[str, Any]] | None = None) -> None:
        super().__init__(message)
        self.answer = _error(code, message, **({} if errors is None else {"errors": errors}))
        self.code = code


@router.websocket("/ws")
async def ws(websocket: WebSocket) -> None:
    """A session, from the connection to its end."""
    context: Context = websocket.app.state.context
    with contextlib.suppress(WebSocketDisconnect):  # the caller has gone; what was begun ends by itself
        await websocket.accept()
        try:
            with context.sessions.place() as place:
                await _serve(websocket, place, context, context.sessions.session())
        except SessionsFullError as error:
            metrics.MESSAGES.labels("connect", Code.CAPACITY_REACHED).inc()
            numbers = {"active_sessions": error.active, "max_sessions": error.limit}
            await _send(websocket, _error(Code.CAPACITY_REACHED, error.detail, **numbers))
            await _close(websocket, _NORMAL)
        except SessionEnded as ended:
            await close(websocket, ended)


async def _serve(websocket: WebSocket, place: Place, context: Context, session: Session) -> None:
    """Answers messages until the caller closes, or raises SessionEnded or WebSocketDisconnect."""
    while True:
        frame = await place.next(websocket.receive)
        if frame["type"] == "websocket.disconnect":
            return
        telemetry.request_id.set(uuid.uuid4().hex)
        kind = "none"
        try:
            message = _parsed(frame.get("text"), context.settings.body_bytes)
            kind = message.__class__.__name__.strip("_").lower()
            if isinstance(message, _Close):
                await _close(websocket, _NORMAL)
                return
            answer, code = await _answered(context, session, message), "ok"
        except _Refused as refused:
            answer, code = refused.answer, refused.code
        except CodeArenaError as error:
            answer, code = _failed(error), Code.EXECUTION_ERROR
        except Exception:  # the message's top: a defect fails it alone, and its traceback is in the log
            log.exception("defect while serving a message")
            answer, code = _failed(CodeArenaError("a defect of ours")), Code.EXECUTION_ERROR
        metrics.MESSAGES.labels(kind, code).inc()
        await _send(websocket, answer)


def _parsed(text: str | None, size_bytes: int) -> _Message:
    """Raises _Refused."""
    if text is None:
        raise _Refused(Code.INVALID_JSON, "send JSON in text frames, not in binary ones")
    if len(text) > size_bytes:
        raise _Refused(Code.VALIDATION_ERROR, f"the message is longer than {size_bytes} characters", [])
    try:
        # The standard library's, since it takes lone surrogates, which sources do hold.
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _Refused(Code.INVALID_JSON, f"not JSON: {type(error).__name__}") from error
    if not isinstance(content, dict):
        raise _Refused(Code.VALIDATION_ERROR, "a message is an object with a type", [])
    model = _KINDS.get(content["type"]) if isinstance(content.get("type"), str) else None
    if model is None:
        raise _Refused(Code.UNKNOWN_TYPE, f"type is none of {', '.join(_KINDS)}")
    try:
        return model.model_validate(content)
    except ValidationError as error:
        # Without the input, which may be large, and the context, which may hold what is no JSON.
        errors: list[dict[str, Any]] = [
            dict(item) for item in error.errors(include_url=False, include_context=False, include_input=False)
        ]
        detail = f"invalid {content['type']}: {problems.mismatches(errors)}"
        raise _Refused(Code.VALIDATION_ERROR, detail, errors[:20]) from error


async def _answered(context: Context, session: Session, message: _Message) -> bytes:
    match message:
        case _Reset(data=request):
            return _observation((await session.reset(request)).model_dump(mode="json"))
        case _Step(data=action):
            return _observation(orjson.loads(await session.step(action.proposed_fix)))
        case _MCP(data=call):
            reply = await context.mcp.answer(call, session)
            # A notification has no answer of its own, but every message here has one.
            return _encoded({"type": "mcp", "data": reply.body or {"jsonrpc": "2.0", "id": None, "result": {}}})
        case _:
            return orjson.dumps({"type": "state", "data": (await session.state()).model_dump(mode="json")})


def _observation(answer: Mapping[str, Any]) -> bytes:
    return orjson.dumps({"type": "observation", "data": {name: answer[name] for name in _RESULT}})


def _failed(error: CodeArenaError) -> bytes:
    return _error(Code.EXECUTION_ERROR, error.detail, **problems.noted(error))


def _error(code: Code, message: str, **more: object) -> bytes:
    return _encoded({"type": "error", "data": {"message": message, "code": code, **more}})


def _encoded(answer: Mapping[str, object]) -> bytes:
    # The standard library's encoder escapes what is not ASCII: a field's name may hold what UTF-8 cannot carry.
    return json.dumps(answer).encode()


async def _send(websocket: WebSocket, answer: bytes) -> None:
    await websocket.send_text(answer.decode())


async def close(websocket: WebSocket, ended: SessionEnded) -> None:
    """Closes a connection whose session the server has ended."""
    await _close(websocket, _RESTART if ended.restarting else _NORMAL, ended.reason)


async def _close(websocket: WebSocket, code: int, reason: str = "") -> None:
    if websocket.application_state is WebSocketState.CONNECTED:
        await websocket.close(code, reason)
