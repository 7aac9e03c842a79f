"""Who may take a ready sandbox, while several owners compete."""

from executor_service.sharing import Shares, Sharing


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def _sharing(clock: Clock | None = None, leases: int = 2) -> Sharing:
    """polite has one attempt under way, greedy many."""
    sharing = Sharing(Shares(reserve=2, start_concurrency=1, leases=leases), clock or Clock())
    sharing.begins("polite")
    for _ in range(9):
        sharing.begins("greedy")
    return sharing


def test_the_reserve_is_for_who_has_little_under_way() -> None:
    sharing = _sharing()
    assert sharing.may_take("polite", ready=1)
    assert not sharing.may_take("polite", ready=0)
    assert not sharing.may_take("greedy", ready=2)  # though it has none in use
    assert sharing.may_take("greedy", ready=3)


def test_each_has_its_part_of_what_may_be_in_use() -> None:
    sharing = _sharing(leases=4)
    for _ in range(2):
        assert sharing.may_take("greedy", ready=9)
        sharing.takes("greedy")
    assert not sharing.may_take("greedy", ready=9)
    sharing.gives_back("greedy")
    assert sharing.may_take("greedy", ready=9)


def test_who_was_passed_over_twice_may_take_of_the_reserve_too() -> None:
    sharing = _sharing()
    for expected in (False, True):
        sharing.takes("polite")
        sharing.gives_back("polite")
        assert sharing.may_take("greedy", ready=1) is expected
    sharing.takes("greedy")
    sharing.gives_back("greedy")
    assert not sharing.may_take("greedy", ready=1)


def test_without_competition_an_owner_may_have_everything() -> None:
    clock = Clock()
    sharing = _sharing(clock)
    assert sharing.start_concurrency(4) == 1
    clock.now += 11.0
    sharing.begins("greedy")
    sharing.takes("greedy")
    assert sharing.may_take("greedy", ready=1)
    assert sharing.start_concurrency(4) == 4
