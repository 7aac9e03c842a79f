"""What a probe is measured on: the author's sizes always, others where inputs can be made."""

import marshal
import random
import sys
from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from codearena.tasks.author_code import ProbeInputs
from codearena.v1 import executor_pb2
from gateway.attempt import probe
from gateway.attempt.probe import added_sizes, screened_sizes

Make = Callable[[int, random.Random], tuple[Any, ...]]


def numbers(n: int, rng: random.Random) -> tuple[list[int]]:
    return ([rng.randrange(1000) for _ in range(n)],)


def points(sizes: list[int], make_input: Make = numbers, cpu_s: float = 0.3) -> list[executor_pb2.ProbePoint]:
    return probe.points(ProbeInputs(sizes=sizes, make_input=make_input), "f", random.Random(1), cpu_s)


@pytest.mark.parametrize("sizes", [[100, 200, 400], [5, 10, 20], [10, 1000, 100_000], [50], [1, 2, 3], [64, 65]])
def test_sizes_are_added_below_between_and_beyond(sizes: list[int]) -> None:
    every = sorted({*sizes, *added_sizes(sizes)})
    assert every[0] <= max(4, sizes[0] // 2)
    assert 2 * sizes[-1] <= every[-1] <= 8 * sizes[-1]
    assert all(after <= 3 * before for before, after in pairwise(every) if before >= 4)


def test_a_fast_growth_has_many_small_sizes_before_it_explodes() -> None:
    assert len([size for size in added_sizes([200, 400, 800]) if size < 25]) >= 6


def test_every_size_of_the_author_is_measured_and_told_from_the_added() -> None:
    made = points([100, 200])
    assert [point.size for point in made if not point.added] == [100, 200]
    assert [point.size for point in made] == sorted(point.size for point in made)
    assert len({point.call.call_id for point in made}) == len(made)


def test_further_rounds_measure_the_same_sizes_on_other_inputs() -> None:
    made = points([100, 200], cpu_s=0.6)
    half = len(made) // 2
    assert [point.size for point in made[:half]] == [point.size for point in made[half:]]
    assert all(a.packed_args != b.packed_args for a, b in zip(made[:half], made[half:], strict=True))


def test_a_size_that_no_input_can_be_made_for_is_left_out() -> None:
    def make_input(n: int, rng: random.Random) -> tuple[int]:
        return (rng.randrange(n // 50) + 50 // (n < 300),)  # fails below 50, and from 300 on

    assert {point.size for point in points([100, 200], make_input)} == {50, 100, 200}


def test_an_input_that_cannot_be_made_again_is_measured_again() -> None:
    made: list[int] = []

    def make_input(n: int, rng: random.Random) -> tuple[int]:
        made.append(n)
        if n == 50 and made.count(n) > 1:
            raise ValueError("only once")
        return (n,)

    sizes = [point.size for point in points([100, 200], make_input, cpu_s=0.6)]
    assert sizes.count(50) == 2


def test_an_authors_size_that_fails_is_no_secret() -> None:
    def make_input(n: int, rng: random.Random) -> tuple[int]:
        return (1 // (n - 100),)

    with pytest.raises(ZeroDivisionError):
        points([100, 200], make_input)


def test_large_inputs_are_not_added() -> None:
    made = points([20_000, 40_000], lambda n, rng: ("x" * 5 * n,))
    assert max(point.size for point in made) == 40_000


def test_vary_and_lend_are_those_of_the_task() -> None:
    made = ProbeInputs(sizes=[10, 20], make_input=lambda n, rng: ([1] * n, [0, 1]), vary=1, lend=0)
    for point in probe.points(made, "f", random.Random(1), 0.3):
        assert (point.vary, point.lend) == (1, 0)


def test_an_input_that_is_never_made_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "_ENDLESS_S", 0.05)

    def make_input(n: int, rng: random.Random) -> tuple[int, int]:
        left = right = rng.randrange(n // 50)
        while left == right:
            right = rng.randrange(n // 50)
        return left, right

    assert {point.size for point in points([100, 200], make_input, cpu_s=0.6) if point.size <= 200} == {100, 200}
    assert sys.gettrace() is None


@pytest.mark.parametrize("sizes", [[100, 200, 400, 800], [5, 10, 20], [10, 1000, 100_000], [50], [1, 2, 3], [64, 65]])
def test_a_screening_has_few_sizes_and_always_the_largest(sizes: list[int]) -> None:
    for seed in range(20):
        screened = screened_sizes(sizes, sizes[-1], random.Random(seed))
        assert screened == sorted(set(screened))
        assert screened[-1] == sizes[-1]
        assert len(screened) <= 5
        assert set(screened) <= {*sizes, *added_sizes(sizes)}


def test_the_other_sizes_of_a_screening_are_chance() -> None:
    drawn = {tuple(screened_sizes([125, 1000, 16_000], 16_000, random.Random(seed))) for seed in range(50)}
    assert len(drawn) > 4


def test_a_screening_has_a_few_items_of_a_varied_argument_drawn_by_chance() -> None:
    varied = ProbeInputs(sizes=[100, 200], make_input=lambda n, rng: ([1] * n, list(range(20))), vary=1, lend=0)
    screened = [probe.screening_points(varied, "f", random.Random(seed), 200) for seed in range(2)]
    first, other = ([marshal.loads(point.packed_args)[1] for point in points] for points in screened)
    assert {len(set(items)) for items in first} == {4}
    assert first != other


def test_without_an_input_of_the_largest_size_there_is_no_screening() -> None:
    def make_input(n: int, rng: random.Random) -> tuple[int]:
        return (1 // (n != 400),)

    assert (
        probe.screening_points(ProbeInputs(sizes=[100, 200], make_input=make_input), "f", random.Random(1), 400) == []
    )


def test_what_cannot_be_packed_is_encoded() -> None:
    packed, encoded = (
        points([10], lambda n, rng, item=item: ([item] * n,))[0]
        for item in (1, Decimal(1))  # type: ignore[misc]
    )
    assert packed.packed_args and not packed.call.function.HasField("args")
    assert not encoded.packed_args and encoded.call.function.args.json
