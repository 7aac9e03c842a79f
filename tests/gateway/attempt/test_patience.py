"""Waiting is counted apart from working."""

import pytest

from codearena.errors import DeadlineError
from gateway.attempt.patience import Patience


def test_only_what_is_said_to_be_waiting_counts() -> None:
    now = 0.0
    patience = Patience(10, clock=lambda: now)
    now = 100.0
    assert patience.left_s() == 10
    with patience.waiting():
        now += 4
    patience.spend(1)
    assert patience.left_s() == 5
    assert patience.allows(4.9) and not patience.allows(5)


def test_the_wait_for_what_fails_counts_too() -> None:
    now = 0.0
    patience = Patience(10, clock=lambda: now)
    with pytest.raises(KeyError), patience.waiting():
        now += 4
        raise KeyError
    assert patience.left_s() == 6


def test_without_patience_there_is_nothing_to_wait_for() -> None:
    patience = Patience(1)
    patience.spend(2)
    assert patience.remaining_s == 0
    with pytest.raises(DeadlineError):
        patience.left_s()
