"""The Model Context Protocol: JSON-RPC requests -> answers, and the four tools that an agent plays with.

A request belongs to the session of its WebSocket, else to the one of its caller's that it names, else to none: it may
then still name the episode that it is about.
"""

import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from codearena import models
from codearena.errors import CodeArenaError
from codearena.sdk.requests import Id, SourceText, TaskChoice
from gateway import problems
from gateway.access import caller as callers
from gateway.attempt.graph import Graph
from gateway.clock import now_ms
from gateway.episode import answers
from gateway.episode.sessions import Session, Sessions
from gateway.settings import Settings
from gateway.store.sessions import SessionRecords

log = logging.getLogger(__name__)

PROTOCOL_VERSIONS = ("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05")
"""Of MCP, newest first. What is used of it is the same in all."""
# JSON-RPC 2.0, section 5.1; FULL is OpenEnv's.
PARSE_ERROR, INVALID_REQUEST, UNKNOWN_METHOD, INVALID_PARAMS = -32700, -32600, -32601, -32602
FAILED, FULL = -32603, -32000

JSONObject = dict[str, Any]


class RpcError(Exception):
    """A request that gets an error. code: of JSON-RPC; data: more of it, for programs."""

    def __init__(self, code: int, message: str, **data: object) -> None:
        super().__init__(message)
        self.body: JSONObject = {"code": code, "message": message, **({"data": data} if data else {})}


@dataclass(frozen=True)
class Reply:
    """body: None to a notification. session_id: of a session that the request began."""

    body: JSONObject | None
    session_id: str | None = None


class _Arguments(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class GetTask(_Arguments):
    """Begins an episode: the buggy code, what it should do, and how it fails."""

    task_id: TaskChoice | None = Field(None, description="A task's id, a category, a level, or auto.")
    seed: int | None = Field(None, description="Fixes the choice among several tasks.")


class SubmitFix(_Arguments):
    """Grades a fix as the episode's next step: reward, test results, error log and a hint."""

    proposed_fix: SourceText = Field(description="The whole repaired source.")
    episode_id: Id | None = Field(None, description="None: the session's episode.")


class RunCode(_Arguments):
    """Runs Python code as a program in a sandbox, without grading it."""

    code: SourceText = Field(description="The program.")
    stdin: SourceText = Field("", description="What it reads.")


class GetHint(_Arguments):
    """The hint that belongs to the episode's last step, or to the buggy code before the first."""

    episode_id: Id | None = Field(None, description="None: the session's episode.")


_TOOLS: Mapping[str, type[_Arguments]] = {
    "get_task": GetTask,
    "submit_fix": SubmitFix,
    "run_code": RunCode,
    "get_hint": GetHint,
}


class McpServer:
    """Answers JSON-RPC requests."""

    def __init__(self, settings: Settings, sessions: Sessions, graph: Graph, records: SessionRecords) -> None:
        self._settings = settings
        self._sessions = sessions
        self._graph = graph
        self._records = records

    async def answer(self, request: object, own: Session | None = None, session_id: str | None = None) -> Reply:
        """own: the session of the connection it came over; session_id: the one that its HTTP header names."""
        if not isinstance(request, dict) or not _is_request(request):
            return Reply(error_body(None, RpcError(INVALID_REQUEST, "not a JSON-RPC 2.0 request")))
        number = request.get("id")
        if "id" not in request:
            return Reply(None)  # a notification: none of those that there are asks anything of a server like this
        try:
            result, began = await self._result(request["method"], request.get("params"), own, session_id)
        except RpcError as error:
            return Reply(error_body(number, error))
        except CodeArenaError as error:
            return Reply(error_body(number, _failed(error)))
        except Exception:  # the request's top: a defect fails it alone, and its traceback is in the log
            log.exception("defect while serving a JSON-RPC request")
            return Reply(error_body(number, _failed(CodeArenaError("a defect of ours"))))
        return Reply({"jsonrpc": "2.0", "id": number, "result": result}, began)

    async def close(self, session_id: str) -> bool:
        """Ends a session; whether there was one. Raises StoreError."""
        return await self._records.close(callers.owned(session_id))

    async def known(self, session_id: str) -> bool:
        """Whether there is such a session. Raises StoreError."""
        return await self._records.episode(callers.owned(session_id)) is not None

    async def _result(
        self, method: str, params: object, own: Session | None, session_id: str | None
    ) -> tuple[JSONObject, str | None]:
        """The result, and the id of the session that began."""
        if params is None:
            params = {}
        if not isinstance(params, dict):
            raise RpcError(INVALID_PARAMS, "params is no object")
        match method:
            case "initialize":
                began = None if own is not None else await self._create()
                return _initialized(params.get("protocolVersion")), began
            case "ping":
                return {}, None
            case "tools/list":
                await self._named(params.get("session_id"))
                return {"tools": [_described(name, model) for name, model in _TOOLS.items()]}, None
            case "tools/call":
                return await self._call(params, own, params.get("session_id", session_id)), None
            case "openenv/session/create":
                return {"session_id": await self._create()}, None
            case "openenv/session/close":
                return await self._closed(params.get("session_id"), own), None
        raise RpcError(UNKNOWN_METHOD, "no such method")

    async def _create(self) -> str:
        session_id, limit = uuid.uuid4().hex, self._settings.sessions_max
        active = await self._records.open(callers.owned(session_id), limit, now_ms())
        if active is not None:
            raise RpcError(FULL, "too many sessions", active_sessions=active, max_sessions=limit)
        return session_id

    async def _closed(self, session_id: object, own: Session | None) -> JSONObject:
        if session_id is None and own is not None:
            raise RpcError(INVALID_REQUEST, "the session of a WebSocket ends with its connection")
        if not isinstance(session_id, str) or not await self.close(session_id):
            raise RpcError(INVALID_PARAMS, "session_id names no session")
        return {"session_id": session_id, "closed": True}

    async def _call(self, params: JSONObject, own: Session | None, session_id: object) -> JSONObject:
        arguments = _arguments(params)
        named = await self._named(session_id)
        if named is None:
            return _called(await self._tool(arguments, own or self._sessions.session()))
        owned, episode_id = named
        session = self._sessions.session(episode_id or None)
        try:
            return _called(await self._tool(arguments, session))
        finally:
            await self._records.keep(owned, session.episode_id, now_ms())

    async def _named(self, session_id: object) -> tuple[str, str] | None:
        """The session that a request names, by its id in the store and its episode's; None if it names none.

        Raises RpcError if there is no such session, or no longer.
        """
        if session_id is None:
            return None
        owned = callers.owned(session_id) if isinstance(session_id, str) else None
        episode_id = await self._records.episode(owned) if owned is not None else None
        if owned is None or episode_id is None:
            raise RpcError(INVALID_PARAMS, "session_id names no session")
        return owned, episode_id

    async def _tool(self, arguments: _Arguments, session: Session) -> BaseModel:
        match arguments:
            case GetTask(task_id=task_id, seed=seed):
                return await session.reset(models.ResetRequest(task_id=task_id, seed=seed))
            case SubmitFix(proposed_fix=source, episode_id=named):
                body = await self._of(named, session).step(source)
                return models.StepResponse.model_validate_json(body)
            case RunCode(code=code, stdin=stdin):
                return answers.script(await self._graph.run_script(code, stdin))
            case GetHint(episode_id=named):
                return models.Hint(hint=await self._of(named, session).hint())
        raise AssertionError(f"a tool without an implementation: {arguments!r}")

    def _of(self, named: str | None, session: Session) -> Session:
        return session if named is None else self._sessions.session(named)


def _is_request(request: JSONObject) -> bool:
    number = request.get("id")
    identified = not isinstance(number, bool) and isinstance(number, str | int | float | None)
    return request.get("jsonrpc") == "2.0" and isinstance(request.get("method"), str) and identified


def error_body(number: object, error: RpcError) -> JSONObject:
    """The answer to a request that failed. number: its id, None if it has none."""
    return {"jsonrpc": "2.0", "id": number, "error": error.body}


def _initialized(version: object) -> JSONObject:
    return {
        "protocolVersion": version if version in PROTOCOL_VERSIONS else PROTOCOL_VERSIONS[0],
        "capabilities": {"tools": {"listChanged": False}},
        "serverInfo": {"name": "codearena", "title": "CodeArena", "version": "1.0.0"},
        "instructions": "get_task begins an episode of code repair; submit_fix grades a fix, up to five times.",
    }


def _described(name: str, model: type[_Arguments]) -> JSONObject:
    schema = model.model_json_schema()
    return {"name": name, "description": schema.pop("description"), "inputSchema": schema}


def _arguments(params: JSONObject) -> _Arguments:
    name = params.get("name")
    model = _TOOLS.get(name) if isinstance(name, str) else None
    if model is None:
        raise RpcError(INVALID_PARAMS, "no such tool")
    try:
        return model.model_validate(params.get("arguments") or {})
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        raise RpcError(INVALID_PARAMS, f"invalid arguments: {problems.mismatches(found)}") from error


def _called(result: BaseModel) -> JSONObject:
    """As text for models and as data for programs; `data` is where OpenEnv's own client looks."""
    data = result.model_dump(mode="json")
    text = result.model_dump_json(indent=1)
    return {"content": [{"type": "text", "text": text}], "structuredContent": data, "data": data, "isError": False}


def _failed(error: CodeArenaError) -> RpcError:
    return RpcError(FAILED, error.detail, **problems.noted(error))
