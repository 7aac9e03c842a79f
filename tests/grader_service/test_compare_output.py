"""An output is right by an answer, or it is not: byte by byte, token by token, number by number."""

import pytest

from codearena.v1 import grader_pb2
from grader_service.compare import Tolerance
from grader_service.compare_output import Comparison, is_blank, near
from tests.grader_service.test_reading import counted

EXACT = Comparison(grader_pb2.COMPARE_EXACT)
TOKENS = Comparison(grader_pb2.COMPARE_TOKENS)
NUMBERS = Comparison(grader_pb2.COMPARE_APPROX)
NONE = Comparison(grader_pb2.COMPARE_APPROX, Tolerance(0.0, 0.0))
MIB = 1024 * 1024


@pytest.mark.parametrize("got", [b"1 2", b"1 2\n\n", b" 1 2\n", b"1 2 \n", b"1  2\n", b"1 2\r\n", b"1 2\0\n", b""])
def test_exact_is_every_byte_the_last_line_end_too(got: bytes) -> None:
    assert EXACT.same(b"1 2\n", b"1 2\n")
    assert not EXACT.same(b"1 2\n", got)


@pytest.mark.parametrize("got", [b"1 2", b"1\n2", b" 1 \t 2\r\n\n", b"1\v2\f"])
def test_between_tokens_any_white_space_is_the_same(got: bytes) -> None:
    assert TOKENS.same(b"1 2\n", got)


@pytest.mark.parametrize(
    "got", [b"12", b"1 2 3", b"1", b"", b"2 1", b"1 2.0", b"1 02", b"1\xc2\xa02", b"1,2", b"1 2 2", b"\xff1 2"]
)
def test_tokens_are_all_there_in_order_as_they_are_written(got: bytes) -> None:
    assert not TOKENS.same(b"1 2\n", got)


def test_case_counts_unless_it_is_said_not_to() -> None:
    assert not TOKENS.same(b"YES", b"Yes")
    for mode in (grader_pb2.COMPARE_EXACT, grader_pb2.COMPARE_TOKENS, grader_pb2.COMPARE_APPROX):
        assert Comparison(mode, ignore_case=True).same(b"YES\n", b"Yes\n")
        assert not Comparison(mode, ignore_case=True).same(b"YES\n", b"No\n")


@pytest.mark.parametrize(
    ("answer", "got"),
    [
        (b"0.3333333333", b"0.333333"),
        (b"1000000.0", b"1000000.5"),
        (b"2", b"2.0"),
        (b"2", b"2."),
        (b".5", b"+0.5"),
        (b"1e3", b"1000"),
        (b"5 abc 1.0", b"5 abc 1.0000001"),
        (b"-0.0", b"0"),
        (b"inf", b"Infinity"),
        (b"nan", b"NaN"),
        (b"1e999999", b"10e999998"),
        (b"9" * 400, b"0" + b"9" * 400),
    ],
)
def test_numbers_are_right_within_the_tolerance(answer: bytes, got: bytes) -> None:
    assert NUMBERS.same(answer, got)


@pytest.mark.parametrize(
    ("answer", "got"),
    [
        (b"0.333", b"0.334"),
        (b"1000000007", b"1000000008"),
        (b"61728394506", b"61728394506.5"),
        (b"1000000007", b"1.000000008e9"),
        (b"9007199254740993", b"9007199254740992"),
        (b"1", b"one"),
        (b"1000", b"1_000"),
        (b"1.5", b"1,5"),
        (b"inf", b"-inf"),
        (b"inf", b"1e999999"),
        (b"1e308", b"inf"),
        (b"nan", b"0.0"),
        (b"0.0", b"nan"),
        (b"1e999999", b"1e999998"),
        (b"1e99999999999999999999", b"1e99999999999999999998"),
        (b"16", b"0x10"),
        (b"1", b"\xd9\xa1"),
        (b"1", b"True"),
        (b"9" * 2000, b"0" + b"9" * 2000),
    ],
)
def test_other_numbers_and_what_is_no_number_are_wrong(answer: bytes, got: bytes) -> None:
    assert not NUMBERS.same(answer, got)


def test_nan_is_near_nan_only_where_the_tolerance_says_so() -> None:
    assert not near(b"nan", b"NaN", Tolerance(nan_equal=False))


def test_without_a_tolerance_numbers_are_compared_as_they_are_written() -> None:
    assert NONE.same(b"1.50", b"1.5")
    assert not NONE.same(b"50000000000000000.0", b"50000000000000001")


@pytest.mark.parametrize(
    ("comparison", "answer", "got", "difference"),
    [
        (TOKENS, b"1 2\n3 4\n", b"1 2\n3 5\n", "token 4, on line 2, is '5' and should be '4'"),
        (TOKENS, b"1 2\n", b"1\n", "it ends after 1 tokens, and '2' should follow"),
        (TOKENS, b"1\n", b"1\n\n2\n", "token 2, on line 3, is '2', where nothing should follow"),
        (EXACT, b"a\nbcd\n", b"a\nbxd\n", "line 2 differs from byte 2 on: it is 'bxd\\n' and should be 'bcd\\n'"),
        (EXACT, b"a\n", b"a", "it ends after 1 bytes, and '\\n' should follow"),
        (EXACT, b"a", b"a\nb\n", "from line 1 on there is '\\nb\\n', where nothing should follow"),
        (NUMBERS, b"1.0 x", b"1.1 x", "token 1, on line 1, is '1.1' and should be '1.0'"),
        (TOKENS, b"\xff", b"\xfe", "token 1, on line 1, is '\\\\xfe' and should be '\\\\xff'"),
    ],
)
def test_the_first_difference_is_named(comparison: Comparison, answer: bytes, got: bytes, difference: str) -> None:
    assert comparison.difference(answer, got) == difference


def test_of_what_is_right_no_difference_is_named() -> None:
    assert TOKENS.difference(b"1 2", b"1\n2") == NUMBERS.difference(b"1", b"1.0") == EXACT.difference(b"1", b"1") == ""


def test_a_difference_is_told_in_a_short_line_however_long_what_differs_is() -> None:
    for comparison in (EXACT, TOKENS, NUMBERS):
        assert len(comparison.difference(b"7" * MIB, b"8" * MIB)) < 250


def test_a_difference_lies_where_it_is_however_much_comes_before_it() -> None:
    before = b"x y\n" * 100_000
    assert "token 200001, on line 100001," in TOKENS.difference(before + b"1", before + b"2")
    assert "line 100001 " in EXACT.difference(before + b"1", before + b"2")


def test_tokens_that_lie_across_pieces_are_whole() -> None:
    answer = b" ".join(b"%d" % number for number in range(50_000))
    assert TOKENS.same(answer, answer.replace(b" ", b"\n\n\n"))
    assert TOKENS.same(b"a" * 300_000 + b" b", b"a" * 300_000 + b"\nb")


HOSTILE = {
    "white space": (b"1\n", b" " * (24 * MIB)),
    "one token": (b"9" * MIB, b"9" * (24 * MIB)),
    "right, with white space": (b"1 " * 500_000, b"1 " * 500_000 + b"\n" * (23 * MIB)),
    "as many tokens, of which the last differs": (b"1 " * 500_000, b"1 " * 499_999 + b"2"),
    "numbers written in another way": (b"1.0 " * 250_000, b"1\n" * 250_000),
    "digits": (b"9" * 1_000_000 + b" 1", b"09" + b"9" * 999_999 + b" 1"),
    "a token a piece": (b"1 " * 400, (b"1" + b" " * 65_000) * 390),
    "exponents": (b"1e5 " * 100_000, b"1e99999999999999999 " * 100_000),
    "letters": (b"1 " * 250_000, b"x " * 250_000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_an_output_of_any_shape_takes_few_steps(name: str) -> None:
    answer, got = HOSTILE[name]
    with counted() as steps:
        for comparison in (EXACT, TOKENS, NUMBERS, NONE):
            assert comparison.same(answer, got) is not bool(comparison.difference(answer, got))
    assert steps.count < 100_000


def test_what_has_no_token_is_blank() -> None:
    assert all(map(is_blank, (b"", b" \r\n\t")))
    assert not is_blank(b"\n0\n")
