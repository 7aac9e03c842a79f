"""Whose an attempt is, and when two fixes are the same."""

import pytest

from codearena.v1 import executor_pb2
from gateway.attempt.proposal import Ticket, identity_of

BROKEN = b"def f(x)\n    return x\n"


def identity(source: bytes, ast_hash: str = "") -> str:
    return identity_of(source, executor_pb2.Analysis(ast_hash=ast_hash))


def test_of_a_source_that_compiles_it_is_what_the_judge_read() -> None:
    assert identity(b"x = 1", "abc") == identity(b"x = 1  # why", "abc") == "abc"


@pytest.mark.parametrize(
    "same",
    [
        BROKEN + b"\n\n",
        b"# why\n" + BROKEN,
        BROKEN.replace(b"\n", b"  \r\n"),
        BROKEN.replace(b"x)\n", b"x)\n\n    # so\n"),
    ],
)
def test_of_one_that_does_not_it_is_its_text_without_what_is_blank_or_a_comment(same: bytes) -> None:
    assert identity(same) == identity(BROKEN)


def test_indentation_and_words_count() -> None:
    assert len({identity(BROKEN), identity(BROKEN.replace(b"    ", b"  ")), identity(BROKEN + b"f(1)\n")}) == 3


def test_what_has_run_may_wait_as_long_as_if_it_had_not_waited_before() -> None:
    ticket = Ticket("a", "team", 10, "batch", "cell")
    ticket.patience.spend(9)
    assert (ticket.patience.left_s(), ticket.anew().patience.left_s()) == (1, 10)
    assert ticket.anew() == ticket


def test_what_an_attempt_waits_for_is_its_owners_and_in_no_batchs_turn() -> None:
    errand = Ticket("a", "team", 10, "batch", "cell").errand("timing", "cell")
    assert (errand.owner, errand.caller, errand.isolation, errand.wait_s) == ("team", "", "cell", 10)
    assert errand.attempt_id.startswith("timing-")
