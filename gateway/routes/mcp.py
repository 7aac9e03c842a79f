"""/mcp: JSON-RPC over POST (MCP's streamable HTTP, without streams) and, bare, over a WebSocket."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response
from starlette.websockets import WebSocket

from gateway.context import Context, ContextDep
from gateway.episode.sessions import Session, SessionsFullError
from gateway.mcp import FULL, INVALID_PARAMS, PARSE_ERROR, RpcError, error_body
from gateway.routes import ws

SESSION_HEADER = "Mcp-Session-Id"
_BODY = {"requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}}}

router = APIRouter(tags=["mcp"])

SessionHeader = Annotated[str | None, Header(alias=SESSION_HEADER, description="Which the answer to initialize has.")]


@router.post("/mcp", openapi_extra=_BODY)
async def post(context: ContextDep, request: Request, session_id: SessionHeader = None) -> Response:
    """One JSON-RPC request; 202 without a body for a notification, 404 for a session that there is not."""
    body = await request.body()
    parsed = _parsed(body)
    if isinstance(parsed, RpcError):
        return _json(error_body(None, parsed))
    if session_id is not None and not await context.mcp.known(session_id):
        return _json(error_body(None, RpcError(INVALID_PARAMS, "no such session; initialize again")), 404)
    reply = await context.mcp.answer(parsed, session_id=session_id)
    if reply.body is None:
        return Response(status_code=202)
    headers = {SESSION_HEADER: reply.session_id} if reply.session_id else None
    return _json(reply.body, headers=headers)


@router.delete("/mcp", status_code=204)
async def delete(context: ContextDep, session_id: SessionHeader = None) -> Response:
    """Ends the session; no harm if there is none."""
    if session_id is not None:
        await context.mcp.close(session_id)
    return Response(status_code=204)


@router.websocket("/mcp")
async def socket(websocket: WebSocket) -> None:
    """A session whose requests come bare."""
    await ws.serve(websocket, _answer, _full)


def _full(error: SessionsFullError) -> str:
    full = RpcError(FULL, error.detail, active_sessions=error.active, max_sessions=error.limit)
    return _encoded(error_body(None, full))


async def _answer(context: Context, session: Session, text: str | None) -> str | None:
    short = text if text is not None and len(text) <= context.settings.body_bytes else None
    parsed = RpcError(PARSE_ERROR, "no text, or too long") if short is None else _parsed(short)
    if isinstance(parsed, RpcError):
        return _encoded(error_body(None, parsed))
    reply = await context.mcp.answer(parsed, session)
    return None if reply.body is None else _encoded(reply.body)


def _parsed(text: str | bytes) -> Any:
    """The request, or the error that it gets."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return RpcError(PARSE_ERROR, "not JSON")


def _json(body: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(_encoded(body), status, headers, media_type="application/json")


def _encoded(body: dict[str, Any]) -> str:
    return json.dumps(body)  # escapes what UTF-8 cannot carry, which an id may hold
