"""Every error says, in one table, what it is over HTTP and over gRPC, and whose failure it is."""

import inspect

import grpc
import pytest

from codearena import errors
from codearena.errors import ERRORS, CallerError, CodeArenaError, RateLimitedError, ServiceError

CLASSES = [
    kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, CodeArenaError)
]  # fmt: skip


def test_every_error_class_is_in_the_table_under_its_own_slug() -> None:
    assert {kind.slug: kind for kind in CLASSES} == ERRORS
    assert len(CLASSES) == len(ERRORS)


@pytest.mark.parametrize("kind", CLASSES)
def test_every_error_has_a_status_on_both_transports(kind: type[CodeArenaError]) -> None:
    assert kind.grpc_status in grpc.StatusCode.__members__
    assert kind.title
    assert kind("x").problem_type == f"urn:codearena:problem:{kind.slug}"


@pytest.mark.parametrize("kind", [kind for kind in CLASSES if issubclass(kind, CallerError)])
def test_the_callers_mistakes_are_4xx_and_only_too_many_are_to_be_retried(kind: type[CallerError]) -> None:
    assert 400 <= kind.http_status < 500
    assert (kind("x").retry_after_s is not None) == issubclass(kind, RateLimitedError)


@pytest.mark.parametrize("kind", [kind for kind in CLASSES if issubclass(kind, ServiceError)])
def test_our_failures_are_503_and_say_when_to_retry(kind: type[ServiceError]) -> None:
    assert kind.http_status == 503
    assert kind("x").retry_after_s == 1.0
    assert kind("x", retry_after_s=7.5).retry_after_s == 7.5
