"""Bytes to text, as Python reads them."""

import pytest

from judge_service.analysers.source import UnreadableSourceError, decode, one_line


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (b"", ""),
        ("é".encode(), "é"),
        (b"\xef\xbb\xbfx = 1", "x = 1"),
        (b"# coding: latin-1\n\xe9", "# coding: latin-1\né"),
        (
            b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\n\x80",
            "#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\n€",
        ),
        (b"a\r\nb\rc\n", "a\nb\nc\n"),
    ],
)
def test_sources_decode_as_python_does(source: bytes, text: str) -> None:
    assert decode(source) == text


@pytest.mark.parametrize(
    "source", [b"\xff", b"# coding: nonsense\n", b"# coding: zip\n", b"# coding: rot13\n", b"# coding: utf-7\n+2AA-"]
)
def test_what_cannot_be_decoded_is_unreadable(source: bytes) -> None:
    with pytest.raises(UnreadableSourceError):
        decode(source)


def test_a_message_is_one_printable_line_of_bounded_length() -> None:
    message = one_line("a\n\x00\ud800\u202e" + "b" * 1_000)
    assert message.isprintable()
    assert len(message) == 200
