"""The error tree, and the one table that says what each error is over HTTP and over gRPC.

Three kinds of failure are never mixed:
    the caller's mistake       CallerError: 4xx, retrying does not help, but for 429, which says when it does
    the attempt's doing        not an error at all: data in a verdict
    ours                       ServiceError: 503 with Retry-After, no reward, no step counted, safe to retry
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

PROBLEM_BASE = "urn:codearena:problem:"
"""Prefix of the `type` member of every RFC 9457 problem document."""


class CodeArenaError(Exception):
    """Base of all. `detail` is one sentence for people and never contains source code.

    slug: last part of the problem type; http_status and grpc_status: how it travels.
    """

    slug: ClassVar[str] = "internal"
    title: ClassVar[str] = "Internal error"
    http_status: ClassVar[int] = 500
    grpc_status: ClassVar[str] = "INTERNAL"

    def __init__(self, detail: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.retry_after_s = retry_after_s

    @property
    def problem_type(self) -> str:
        return PROBLEM_BASE + self.slug


class CallerError(CodeArenaError):
    """The request cannot be served as it is."""

    slug = "invalid-request"
    title = "Invalid request"
    http_status = 400
    grpc_status = "INVALID_ARGUMENT"


class UnreachableError(CallerError):
    """No gateway has answered at the address given: the URL, a proxy or what listens there is wrong. SDK only."""

    slug = "unreachable"
    title = "No gateway answers at this address"


class UnauthenticatedError(CallerError):
    """No API key, or one that is unknown or revoked."""

    slug = "unauthenticated"
    title = "An API key is needed"
    http_status = 401
    grpc_status = "UNAUTHENTICATED"


class ForbiddenError(CallerError):
    """The API key's scope does not cover it, or a web page of another origin asked."""

    slug = "forbidden"
    title = "Not allowed"
    http_status = 403
    grpc_status = "PERMISSION_DENIED"


class RateLimitedError(CallerError):
    """More requests than the caller's share. Nothing was counted; the same request may be sent again."""

    slug = "rate-limited"
    title = "Too many requests"
    http_status = 429
    grpc_status = "RESOURCE_EXHAUSTED"

    def __init__(self, detail: str, *, retry_after_s: float | None = 1.0) -> None:
        super().__init__(detail, retry_after_s=retry_after_s)


class OverQuotaError(RateLimitedError):
    """More requests at once than the caller's share."""

    slug = "over-quota"
    title = "Too many requests at once"


class InvalidRequestError(CallerError):
    """Malformed, missing or wrongly typed fields."""

    slug = "validation"
    title = "Request does not match the schema"
    http_status = 422


class UnknownTaskError(CallerError):
    """No task of that id, category or level."""

    slug = "unknown-task"
    title = "Unknown task"
    http_status = 404
    grpc_status = "NOT_FOUND"


class UnknownSentTaskError(CallerError):
    """No task of this reference is kept: it was never sent, or not used for too long. Sent whole, it is again."""

    slug = "task-unknown"
    title = "The task has to be sent whole"
    http_status = 404
    grpc_status = "NOT_FOUND"


class UnknownEpisodeError(CallerError):
    """No such episode, or it has expired."""

    slug = "unknown-episode"
    title = "Unknown episode"
    http_status = 404
    grpc_status = "NOT_FOUND"


class UnknownJobError(CallerError):
    """No such job, or it has expired."""

    slug = "unknown-job"
    title = "Unknown job"
    http_status = 404
    grpc_status = "NOT_FOUND"


class JobExistsError(CallerError):
    """Another job has the id."""

    slug = "job-exists"
    title = "Another job has this id"
    http_status = 409
    grpc_status = "ALREADY_EXISTS"


class EpisodeFinishedError(CallerError):
    """The episode is over; reset starts another."""

    slug = "episode-finished"
    title = "Episode is finished"
    http_status = 409
    grpc_status = "FAILED_PRECONDITION"


class EpisodeBusyError(CallerError):
    """Another step of the same episode came first."""

    slug = "episode-busy"
    title = "Another step of this episode came first"
    http_status = 409
    grpc_status = "ABORTED"


class BodyTooLargeError(CallerError):
    """The request body exceeds the limit."""

    slug = "body-too-large"
    title = "Request body is too large"
    http_status = 413
    grpc_status = "RESOURCE_EXHAUSTED"


class ServiceError(CodeArenaError):
    """We failed. Nothing was counted; the same request may be sent again."""

    slug = "unavailable"
    title = "Service unavailable"
    http_status = 503
    grpc_status = "UNAVAILABLE"

    def __init__(self, detail: str, *, retry_after_s: float | None = 1.0) -> None:
        super().__init__(detail, retry_after_s=retry_after_s)


class OverloadedError(ServiceError):
    """A bounded queue is full."""

    slug = "overloaded"
    title = "Overloaded"
    grpc_status = "RESOURCE_EXHAUSTED"


class SandboxError(ServiceError):
    """A sandbox could not be made, was lost, or did not report."""

    slug = "sandbox"
    title = "Sandbox failed"


class DeadlineError(ServiceError):
    """Not done within the time that was left."""

    slug = "deadline"
    title = "Deadline exceeded"
    grpc_status = "DEADLINE_EXCEEDED"


class StoreError(ServiceError):
    """Redis did not answer or refused."""

    slug = "store"
    title = "Store unavailable"


def _tree(kind: type[CodeArenaError]) -> Iterator[type[CodeArenaError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from _tree(below)


ERRORS: dict[str, type[CodeArenaError]] = {kind.slug: kind for kind in _tree(CodeArenaError)}
"""The table: problem slug -> error. Each class carries its HTTP status and its gRPC status."""
