"""When calls go through, when none does, and when one tries."""

from codearena.server.breaker import Breaker, BreakerState


def test_it_opens_after_failures_in_a_row_and_closes_after_one_success() -> None:
    now = [0.0]
    breaker = Breaker(2, 10, lambda: now[0])
    breaker.failed()
    breaker.succeeded()
    breaker.failed()
    assert breaker.allows()
    breaker.failed()
    assert (breaker.state, breaker.allows()) == (BreakerState.OPEN, False)
    now[0] = 10
    assert breaker.allows()
    assert (breaker.state, breaker.allows()) == (BreakerState.HALF_OPEN, False)  # one tries, the others wait
    breaker.succeeded()
    assert (breaker.state, breaker.allows()) == (BreakerState.CLOSED, True)


def test_a_failed_try_opens_it_for_as_long_again() -> None:
    now = [0.0]
    breaker = Breaker(1, 10, lambda: now[0])
    breaker.failed()
    now[0] = 10
    assert breaker.allows()
    breaker.failed()
    now[0] = 19
    assert not breaker.allows()
    now[0] = 20
    assert breaker.allows()


def test_a_try_that_was_given_up_lets_the_next_one_try() -> None:
    now = [0.0]
    breaker = Breaker(1, 10, lambda: now[0])
    breaker.failed()
    now[0] = 10
    assert breaker.allows()
    breaker.gave_up()
    assert breaker.allows()
