"""Whatever is sent, the answer is one that the OpenAPI document has, and never a failure of ours.

A short run of the same requests each time; `make fuzz-api` takes CODEARENA_TESTS_FUZZ_S seconds of fresh ones for each
operation.
"""

import os
import time

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from codearena.errors import ERRORS
from gateway.server import create_app
from gateway.settings import Settings

_LONG_S = float(os.environ.get("CODEARENA_TESTS_FUZZ_S", "0"))
_EXAMPLES = 25
_CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
_OPERATIONS = [
    found.ok() for found in schemathesis.openapi.from_dict(create_app(Settings()).openapi()).get_all_operations()
]


def _check(operation: schemathesis.APIOperation, url: str, seed: int | None) -> None:
    """Sends one round of requests. seed: None means the same ones each time."""

    @hypothesis.given(case=operation.as_strategy())
    @hypothesis.settings(
        max_examples=_EXAMPLES,
        derandomize=seed is None,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    def one(case: schemathesis.Case) -> None:
        if operation.path == "/events":
            case.query = {**(case.query or {}), "follow": "false"}  # else the answer has no end
        case.call_and_validate(base_url=url, checks=_CHECKS, timeout=30)

    (one if seed is None else hypothesis.seed(seed)(one))()


@pytest.mark.parametrize("operation", _OPERATIONS, ids=lambda operation: operation.label)
def test_every_answer_is_as_documented(operation: schemathesis.APIOperation, url: str) -> None:
    _check(operation, url, None)
    end = time.monotonic() + _LONG_S
    while time.monotonic() < end:
        _check(operation, url, time.time_ns())


def test_every_problem_of_the_table_is_documented_somewhere() -> None:
    documented = {int(status) for each in _OPERATIONS for status in each.definition.raw["responses"]}
    assert {kind.http_status for kind in ERRORS.values()} - {500} <= documented
