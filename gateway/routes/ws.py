"""/ws: OpenEnv's WebSocket protocol. One connection is one session; one text frame each way for every request.

A message that cannot be served is answered with an error and harms nothing else: the session goes on.
"""

import contextlib
import json
import logging
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
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
from gateway.episode.sessions import Session, SessionEnded, SessionsFullError

log = logging.getLogger(__name__)

router = APIRouter()

_NORMAL, _RESTART = 1000, 1012  # RFC 6455 section 7.4.1, and its IANA registry
_RESULT = ("observation", "reward", "done")

Answer = Callable[[Context, Session, str | None], Awaitable[str | None]]


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
    await serve(websocket, _answer, _full)


async def serve(websocket: WebSocket, answer: Answer, full: Callable[[SessionsFullError], str]) -> None:
    """Serves a connection as one session, until either side ends it.

    answer: to the text of a frame, None if it is a binary one: what is sent, None: nothing. full: what is sent where
    there is no place for another session.
    """
    context: Context = websocket.app.state.context
    with contextlib.suppress(WebSocketDisconnect):  # the caller has gone; what was begun ends by itself
        await websocket.accept()
        try:
            with context.sessions.place() as place:
                session = context.sessions.session()
                while (frame := await place.next(websocket.receive))["type"] != "websocket.disconnect":
                    telemetry.request_id.set(uuid.uuid4().hex)
                    if (text := await answer(context, session, frame.get("text"))) is not None:
                        await websocket.send_text(text)
        except SessionsFullError as error:
            await websocket.send_text(full(error))
            await _close(websocket, _NORMAL)
        except SessionEnded as ended:
            await _close(websocket, _RESTART if ended.restarting else _NORMAL, ended.reason)


async def _close(websocket: WebSocket, code: int, reason: str = "") -> None:
    if websocket.application_state is WebSocketState.CONNECTED:
        await websocket.close(code, reason)


def _full(error: SessionsFullError) -> str:
    metrics.MESSAGES.labels("connect", Code.CAPACITY_REACHED).inc()
    numbers = {"active_sessions": error.active, "max_sessions": error.limit}
    return _error(Code.CAPACITY_REACHED, error.detail, **numbers)


async def _answer(context: Context, session: Session, text: str | None) -> str:
    """Raises SessionEnded if the caller asks for that."""
    kind = "none"
    try:
        message = _parsed(text, context.settings.body_bytes)
        kind = message.__class__.__name__.strip("_").lower()
        answer, code = await _answered(context, session, message), "ok"
    except SessionEnded:
        raise
    except _Refused as refused:
        answer, code = refused.answer, refused.code
    except CodeArenaError as error:
        answer, code = _failed(error), Code.EXECUTION_ERROR
    except Exception:  # the message's top: a defect fails it alone, and its traceback is in the log
        log.exception("defect while serving a message")
        answer, code = _failed(CodeArenaError("a defect of ours")), Code.EXECUTION_ERROR
    metrics.MESSAGES.labels(kind, code).inc()
    return answer


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


async def _answered(context: Context, session: Session, message: _Message) -> str:
    match message:
        case _Close():
            raise SessionEnded("", restarting=False)
        case _Reset(data=request):
            return _observation((await session.reset(request)).model_dump(mode="json"))
        case _Step(data=action):
            return _observation(orjson.loads(await session.step(action.proposed_fix)))
        case _MCP(data=call):
            reply = await context.mcp.answer(call, session)
            # A notification has no answer of its own, but every message here has one.
            return _encoded({"type": "mcp", "data": reply.body or {"jsonrpc": "2.0", "id": None, "result": {}}})
        case _:
            return orjson.dumps({"type": "state", "data": (await session.state()).model_dump(mode="json")}).decode()


def _observation(answer: Mapping[str, Any]) -> str:
    return orjson.dumps({"type": "observation", "data": {name: answer[name] for name in _RESULT}}).decode()


def _failed(error: CodeArenaError) -> str:
    return _error(Code.EXECUTION_ERROR, error.detail, **problems.noted(error))


def _error(code: Code, message: str, **more: object) -> str:
    return _encoded({"type": "error", "data": {"message": message, "code": code, **more}})


def _encoded(answer: Mapping[str, object]) -> str:
    # The standard library's encoder escapes what is not ASCII: a field's name may hold what UTF-8 cannot carry.
    return json.dumps(answer)
