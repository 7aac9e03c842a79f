"""Hostile bytes -> text, as Python itself reads them. Runs in workers only."""

import codecs
import io
import tokenize

_MESSAGE_CHARACTERS = 200


class UnreadableSourceError(Exception):
    """The source cannot be decoded."""


def decode(source: bytes) -> str:
    """Text of a source by its BOM or coding cookie, else UTF-8; line ends become "\\n".

    The codec is looked up by a name that the attempt chose, so it may be slow, or yield lone surrogates.

    Raises:
        UnreadableSourceError: unknown or wrong encoding, or text that has no UTF-8 form.
    """
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
        if not codecs.lookup(encoding)._is_text_encoding:
            raise UnreadableSourceError(f"{encoding} is no text encoding")
        text = source.decode(encoding)
        text.encode()
    except (SyntaxError, LookupError, ValueError) as error:  # UnicodeError is a ValueError
        raise UnreadableSourceError(one_line(str(error))) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def one_line(text: str) -> str:
    """At most 200 printable characters: messages quote the source, and the source may hold anything."""
    kept = "".join(letter if letter.isprintable() else " " for letter in text[: _MESSAGE_CHARACTERS + 1])
    return kept if len(kept) <= _MESSAGE_CHARACTERS else kept[: _MESSAGE_CHARACTERS - 1] + "\N{HORIZONTAL ELLIPSIS}"
