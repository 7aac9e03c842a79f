"""The OpenAPI document: what the framework finds in the routes, and what it cannot know: problems, keys, examples."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from codearena.errors import ERRORS
from gateway import problems
from gateway.access.guard import OPEN_PATHS
from gateway.examples import EXAMPLES

_REFERENCE = {"$ref": "#/components/schemas/Problem"}
_SCHEMES = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
}
_CONFLICTS = frozenset({("post", "/step"), ("post", "/jobs")})
_LOOK_UP = frozenset({"/reset", "/step", "/state", "/grade", "/jobs", "/fix"})
"""Paths without an id in them whose requests name what may not exist."""
_WITHOUT_STORE = frozenset({"/health", "/metadata", "/schema"})
_RPC = {"application/json": {"schema": {"type": "object"}}}
_TITLES = {405: "Method not allowed", 415: "Body is not JSON"}  # of what the framework answers


def install(app: FastAPI) -> None:
    """Has the application serve the full document; made once, when first asked for."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # as the framework's documentation has it


def _document(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(title=app.title, version=app.version, routes=app.routes)
    document["components"]["securitySchemes"] = _SCHEMES
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            _complete(method, path, operation)
    for unused in ("HTTPValidationError", "ValidationError"):
        document["components"]["schemas"].pop(unused, None)
    return document


def _complete(method: str, path: str, operation: dict[str, Any]) -> None:
    guarded = path not in OPEN_PATHS
    operation["security"] = [{name: []} for name in _SCHEMES] if guarded else []
    if method == "post" and path in EXAMPLES:
        operation["requestBody"]["content"]["application/json"]["examples"] = EXAMPLES[path]
    answers = {status: found for status, found in operation["responses"].items() if status.startswith("2")}
    if path == "/mcp":  # what it answers itself, is JSON-RPC whatever the status
        answers |= {"202": {"description": "Without a body."}, "404": {"description": "JSON-RPC", "content": _RPC}}
    operation["responses"] = answers | {
        str(status): _problem(status) for status in sorted(_statuses(method, path, operation, guarded))
    }


def _statuses(method: str, path: str, operation: dict[str, Any], guarded: bool) -> Iterator[int]:
    if guarded:
        yield from (401, 403, 429)
    if operation.get("parameters") or "requestBody" in operation:
        yield 422
    if "requestBody" in operation:
        yield from (400, 413, 415)
    if "{" in path or path in _LOOK_UP:
        yield 404
    if (method, path) in _CONFLICTS:
        yield 409
    if path not in _WITHOUT_STORE:
        yield 503


def _problem(status: int) -> dict[str, Any]:
    titles = {kind.title: None for kind in ERRORS.values() if kind.http_status == status}
    answer: dict[str, Any] = {
        "description": "; ".join(titles) or _TITLES[status],
        "content": {problems.MEDIA_TYPE: {"schema": _REFERENCE}},
    }
    if status in (429, 503):
        answer["headers"] = {
            "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}
        }
    return answer
