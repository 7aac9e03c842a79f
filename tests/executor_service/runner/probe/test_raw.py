"""Values as marshal writes them: read like the tagged encoding, whoever wrote them, and never loaded."""

import collections
import marshal
import math
import random
from decimal import Decimal
from enum import IntEnum
from typing import Any

import pytest

from codearena import values
from executor_service.runner.probe import raw

_LIMITS = values.DEFAULT_LIMITS


class Colour(IntEnum):
    RED = 1


class Names(list[str]):
    pass


@pytest.mark.parametrize(
    "value",
    [
        None,
        [True, False, 0, -1, 2**31, -(2**31) - 1, 2**53, 2**53 + 1, -(2**200)],
        [0.5, -0.0, 1e300, math.inf, -math.inf, math.nan, complex(1, math.nan)],
        ["", "é€😀", "\ud800", b"\0\xff", bytearray(b"x")],
        {"a": [1, (2, {3: None})], (1, "b"): {"c": {}}},
        [set(), {7}, frozenset({"x"})],
        collections.Counter("aab"),
        [collections.defaultdict(list, a=[collections.OrderedDict(b=1)]), Names(["c"])],
    ],
    ids=repr,
)
def test_a_value_reads_as_if_it_had_been_encoded(value: object) -> None:
    data = raw.dumps(value)
    assert data is not None
    assert raw.transcribe(data, _LIMITS)[0].encode() == values.encode(value)


@pytest.mark.parametrize("value", [Decimal(1), [Colour.RED], object(), range(3), [[Decimal(2)]]], ids=repr)
def test_what_marshal_does_not_know_is_left_to_the_encoder(value: object) -> None:
    assert raw.dumps(value) is None


def test_a_list_that_holds_itself_is_left_to_the_encoder() -> None:
    endless: list[Any] = []
    endless.append(endless)
    assert raw.dumps(endless) is None


def test_arguments_arrive_as_they_were_sent() -> None:
    args = [[1, "a", None], {"b": (2.5, {3})}]
    packed = values.pack(args)
    assert packed is not None
    assert raw.unpacked(packed) == args
    assert values.pack([Decimal(1)]) is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"i\0\0",
        b"[\xff\xff\xff\x7f",
        b"[\xff\xff\xff\xff",
        b"u\x02\0\0\0\xff\xff",
        b"l\xff\xff\xff\x7f",
        b"{N",
        b"NN",
        b"S",
        b".",
        marshal.dumps(compile("1", "x", "eval")),
        marshal.dumps(["abc"], 4),
    ],
    ids=repr,
)
def test_what_marshal_does_not_write_for_plain_data_is_refused(data: bytes) -> None:
    with pytest.raises(raw.MalformedRawError):
        raw.transcribe(data, _LIMITS)


def test_broken_bytes_are_refused_or_read_and_never_anything_else() -> None:
    rng = random.Random(1)
    sound = raw.dumps([1, "abc", {1: 2.5}, (None, {3}), 2**70, b"x"])
    assert sound is not None
    for _ in range(20_000):
        broken = bytearray(sound)
        for _ in range(rng.randrange(1, 4)):
            broken[rng.randrange(len(broken))] = rng.randrange(256)
        try:
            text, _ = raw.transcribe(bytes(broken), _LIMITS)
        except (raw.MalformedRawError, values.UnencodableError):
            continue
        values.parse(text.encode())


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (raw.dumps([None] * 20), values.ValueTooLargeError),
        (raw.dumps("x" * 200), values.ValueTooLargeError),
        (raw.dumps([[[[1]]]]), values.UnencodableError),
    ],
    ids=["values", "bytes", "depth"],
)
def test_limits_hold_for_what_is_read(data: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        raw.transcribe(data, values.ValueLimits(depth=3, nodes=20, size_bytes=100))


def test_an_integer_of_a_megabyte_is_read_in_linear_time() -> None:
    data = raw.dumps(1 << 8_000_000)
    assert data is not None
    text, _ = raw.transcribe(data, values.ValueLimits(size_bytes=4 * 1024 * 1024))
    assert text == '{"int":"0x1' + "0" * 2_000_000 + '"}'


def test_of_two_values_that_are_the_same_bytes_neither_is_read() -> None:
    transcripts = raw.Transcripts(1024 * 1024)
    first, other = raw.dumps([1, 2]), raw.dumps([1.0, 2.0])
    assert first is not None and other is not None
    assert transcripts.keep("p1", first) is raw.UNREAD
    assert transcripts.read("p1", bytes(first)) is raw.UNREAD
    assert (transcripts.read("p1", other), transcripts.original("p1")) == ("[1.0,2.0]", "[1,2]")
    assert transcripts.read("p2", first) == "[1,2]", "there is nothing to compare it with"


def test_a_value_far_larger_than_the_references_is_not_read_on() -> None:
    transcripts = raw.Transcripts(1024 * 1024)
    small, larger = raw.dumps([1, 2]), raw.dumps([None] * 5000)
    assert small is not None and larger is not None
    transcripts.keep("p1", small)
    with pytest.raises(values.ValueTooLargeError):
        transcripts.read("p1", larger)
    assert transcripts.read("p2", larger) == "[" + ",".join(["null"] * 5000) + "]"
