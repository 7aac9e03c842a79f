"""What is known of the host."""

import pytest

from executor_service.host import crowding


@pytest.mark.parametrize(("running", "expected"), [(1, 1.0), (2, 1.0), (3, 1.5), (18, 9.0)])
def test_crowding_is_the_threads_that_want_a_core_by_cores(running: int, expected: float) -> None:
    assert crowding(f"0.10 2.23 6.70 {running}/512 4711", cores=2) == expected


def test_crowding_of_this_host_is_known() -> None:
    assert crowding() >= 1.0
