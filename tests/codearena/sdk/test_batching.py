"""What is sent fits, is in order, and of a source too long to be sent the gateway can say so itself."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from codearena.sdk.batching import CHUNK_BYTES, CHUNK_ITEMS, SOURCE_BYTES, chunks, sent_source
from gateway.settings import Settings

_LIMIT = Settings.model_fields["source_bytes"].default
_PIECES = st.sampled_from(["x", "\n", '"\\', "\x01", "é", "\u4e00", "\ud800", "\U0001f600", "ab\u2028"])


@settings(deadline=None)
@given(st.lists(_PIECES, min_size=1, max_size=4), st.integers(1, 1_200_000))
def test_a_source_is_sent_whole_or_cut_to_what_is_still_too_long(pieces: list[str], length: int) -> None:
    source = ("".join(pieces) * length)[:length]
    sent = sent_source(source)
    assert source.startswith(sent)
    assert len(json.dumps(sent)) - 2 <= SOURCE_BYTES
    if sent != source:
        assert len(sent.encode("utf-8", "surrogatepass")) > 2 * _LIMIT
        assert len(json.dumps(source[: len(sent) + 1])) - 2 > SOURCE_BYTES, "no more is cut off than must be"


def test_every_source_that_a_gateway_grades_is_sent_whole() -> None:
    for character in ("x", "\x01", "\ud800", "\U0001f600"):
        source = character * (_LIMIT // len(character.encode("utf-8", "surrogatepass")))
        assert sent_source(source) == source


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(0, 3 * 1024 * 1024), max_size=2 * CHUNK_ITEMS + 1))
def test_chunks_are_the_items_in_order_and_each_fits(sizes: list[int]) -> None:
    items = [{"source": "x" * size} for size in sizes]
    parts = list(chunks(items))
    assert [item for part in parts for item in part] == items
    for part in parts:
        assert 1 <= len(part) <= CHUNK_ITEMS
        assert len(part) == 1 or len(json.dumps({"items": part})) <= CHUNK_BYTES + 100
