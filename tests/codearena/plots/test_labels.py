"""Names in figures: short, on one line, and never two that look alike."""

import pytest

from codearena.plots import labels

_TAIL = "x" * 60


@pytest.mark.parametrize(
    "names",
    [
        ["a", "b"],
        [f"run-of-a-long-sweep-with-a-long-name-{number}" for number in range(20)],
        [f"{_TAIL}-{number}-{_TAIL}" for number in range(20)],
        [f"{number}{_TAIL}{number % 2}" for number in range(20)],
        [f"{_TAIL}{letter}{_TAIL}" for letter in "ab"],
        ["\u4efb\u52a1" * 20 + letter for letter in "ab"],
    ],
)
def test_different_names_stay_different_and_are_short(names: list[str]) -> None:
    shown = labels.shortened(names, 24)
    assert len(set(shown)) == len(names)
    assert max(map(len, shown)) <= 24


def test_a_short_name_is_shown_as_it_is() -> None:
    assert labels.shortened(["easy-1", "hard-1"]) == ["easy-1", "hard-1"]


def test_of_long_names_what_tells_them_apart_is_kept() -> None:
    shown = labels.shortened([f"checkpoint-of-the-sweep-with-a-long-name-lr-{rate}" for rate in ("1e-5", "3e-6")], 20)
    assert [name.rpartition("lr-")[2] for name in shown] == ["1e-5", "3e-6"]


def test_what_the_font_has_no_letter_for_is_shown_by_its_number() -> None:
    assert labels.one("\u4efb\n") == "\\u4efb\\u000a"


def test_a_span_of_counts_names_both_ends() -> None:
    assert (labels.span([3, 3]), labels.span([5, 3, 1200])) == ("n = 3", "n = 3 to 1,200")
