"""Every figure of these tests is drawn as `report.write` draws it."""

from collections.abc import Iterator

import pytest

from codearena.plots import style


@pytest.fixture(autouse=True)
def drawn_in_style() -> Iterator[None]:
    with style.applied():
        yield
