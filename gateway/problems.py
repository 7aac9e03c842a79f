"""The one place where an error becomes an HTTP answer: RFC 9457 problem documents, for the framework's errors too."""

import logging
import math
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from codearena import models
from codearena.errors import (
    PROBLEM_BASE,
    BodyTooLargeError,
    CallerError,
    CodeArenaError,
    InvalidRequestError,
    UnauthenticatedError,
)
from codearena.server import telemetry
from gateway import metrics

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
REQUEST_ID_HEADER = "X-Request-ID"

DOCUMENTED: dict[int | str, dict[str, Any]] = {
    "4XX": {"description": "The request cannot be served as it is.", "model": models.Problem},
    "503": {"description": "We failed; nothing was counted. Retry-After says when.", "model": models.Problem},
}
"""What every route may answer beside its success, for the OpenAPI document."""

_FRAMEWORK = {  # status -> slug and title of what the framework itself answers
    404: ("not-found", "No such resource"),
    405: ("method-not-allowed", "Method not allowed"),
    413: (BodyTooLargeError.slug, BodyTooLargeError.title),
    415: ("unsupported-media-type", "Body is not JSON"),
}


def problem_of(error: CodeArenaError) -> models.Problem:
    return models.Problem(
        type=error.problem_type,
        title=error.title,
        status=error.http_status,
        detail=error.detail,
        request_id=telemetry.request_id.get(),
    )


def invalid(errors: Sequence[Any]) -> models.Problem:
    """One for a request that does not match its schema; names each field, and never repeats what was in it."""
    fields = [{"field": ".".join(map(str, error["loc"])), "message": error["msg"]} for error in errors[:20]]
    return problem_of(InvalidRequestError(mismatches(errors))).model_copy(update={"errors": fields})


def mismatches(errors: Sequence[Any]) -> str:
    """What pydantic found, in words: the first five fields, and never what was in them."""
    return "; ".join(f"{'.'.join(map(str, error['loc'])) or 'body'}: {error['msg']}" for error in errors[:5])


def respond(problem: models.Problem, headers: dict[str, str] | None = None) -> Response:
    own = {REQUEST_ID_HEADER: problem.request_id}
    return Response(problem.model_dump_json(), problem.status, {**own, **(headers or {})}, media_type=MEDIA_TYPE)


def respond_error(error: CodeArenaError, **members: object) -> Response:
    """members: added to the problem document."""
    headers = {}
    if error.retry_after_s is not None:
        headers["Retry-After"] = str(max(1, math.ceil(error.retry_after_s)))
    if isinstance(error, UnauthenticatedError):
        headers["WWW-Authenticate"] = "Bearer"
    return respond(problem_of(error).model_copy(update=members), headers)


def install(app: FastAPI) -> None:
    """Registers the handlers of every kind of error."""
    app.add_exception_handler(CodeArenaError, _ours)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _framework)
    app.add_exception_handler(Exception, _defect)


def noted(error: CodeArenaError) -> dict[str, object]:
    """Counts and logs a failure of ours. Returns what programs are told beside the detail, where no status says it.

    `problem` is the error's slug, and `retry_after_s` is there if the same may be sent again.
    """
    if not isinstance(error, CallerError):
        metrics.FAILURES.labels(error.slug).inc()
        log.warning("failed to serve (%s): %s", error.slug, error.detail)
    more = {} if error.retry_after_s is None else {"retry_after_s": error.retry_after_s}
    return {"problem": error.slug, **more}


def _ours(_: Request, error: Exception) -> Response:
    assert isinstance(error, CodeArenaError)
    noted(error)
    return respond_error(error)


def _validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = error.errors()
    if any(item["type"] == "json_invalid" for item in errors):
        return respond_error(CallerError("the body is not valid JSON"))
    media_type = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if isinstance(error.body, bytes) and not media_type.endswith("json"):
        slug, title = _FRAMEWORK[415]
        return respond(_plain(415, slug, title, f"send JSON with Content-Type: application/json, not {media_type!r}"))
    return respond(invalid([{**item, "loc": item["loc"][1:]} for item in errors]))


def _framework(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    slug, title = _FRAMEWORK.get(error.status_code, ("invalid-request", "Invalid request"))
    return respond(_plain(error.status_code, slug, title, str(error.detail)), dict(error.headers or {}))


def _defect(_: Request, error: Exception) -> Response:
    # The traceback is logged by the server, to which the framework raises the error again after this answer.
    metrics.FAILURES.labels(CodeArenaError.slug).inc()
    return respond_error(CodeArenaError("a defect of ours; the request id finds it in the log"))


def _plain(status: int, slug: str, title: str, detail: str) -> models.Problem:
    request_id = telemetry.request_id.get()
    return models.Problem(type=PROBLEM_BASE + slug, title=title, status=status, detail=detail, request_id=request_id)
