"""A gateway for the tests of this folder: real services, real Redis, local isolation."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from codearena.embedded import embedded_gateway

TASKS = Path(__file__).resolve().parents[3] / "gateway" / "tasks"


@pytest.fixture(scope="package")
def url() -> Iterator[str]:
    with embedded_gateway("local", TASKS) as url:
        yield url
