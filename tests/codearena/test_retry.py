"""The one policy of trying again."""

import pytest

from codearena.retry import RetryPolicy


def test_waits_double_up_to_the_longest() -> None:
    policy = RetryPolicy(first_wait_s=1.0, max_wait_s=5.0, spread=lambda: 1.0)
    assert [policy.wait_s(failures) for failures in (1, 2, 3, 4)] == [1.0, 2.0, 4.0, 5.0]


def test_waits_are_spread_over_the_second_half() -> None:
    policy = RetryPolicy(first_wait_s=1.0, max_wait_s=5.0, spread=lambda: 0.0)
    assert policy.wait_s(1) == pytest.approx(0.5)


@pytest.mark.parametrize("failures", [1_000, 10_000_000])
def test_the_longest_wait_stays_however_often_it_fails(failures: int) -> None:
    assert RetryPolicy(max_wait_s=5.0, spread=lambda: 1.0).wait_s(failures) == 5.0


def test_what_the_other_side_asks_for_is_waited_for_but_not_longer_than_the_longest() -> None:
    policy = RetryPolicy(first_wait_s=1.0, max_wait_s=5.0, spread=lambda: 1.0)
    assert (policy.wait_s(1, 3.0), policy.wait_s(1, 300.0)) == (3.0, 5.0)
