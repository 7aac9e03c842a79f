"""Text of the attempt's making as people and models may safely read it: bounded, and without control characters."""

import base64
from collections.abc import Callable, Iterator

from codearena.v1 import common_pb2
from codearena.values import JSONTree

CUT = "..."
_DECIMAL_HEX_DIGITS = 64  # a longer integer is shown in hexadecimal: turning it into decimal takes quadratic time


def value(tree: JSONTree, max_chars: int) -> str:
    """An encoded value in Python's notation, from its tree: no object is made of it and no `repr` of one is called.

    Stops as soon as `max_chars` are reached, however large the value is.
    """
    pieces: list[str] = []
    length = 0
    for piece in _pieces(tree, max_chars):
        pieces.append(piece)
        length += len(piece)
        if length > max_chars:
            break
    return clip(plain("".join(pieces)), max_chars)


def plain(text: str) -> str:
    """The text with every character but newline that moves a terminal's cursor, or is no character, as an escape."""
    text = text.expandtabs(4)
    if text.isprintable():  # as nearly all are
        return text
    return "".join(
        char if char.isprintable() or char == "\n" else char.encode("unicode_escape").decode("ascii") for char in text
    )


def clip(text: str, max_chars: int) -> str:
    """The text, cut at its end if it is longer than `max_chars`."""
    return text if len(text) <= max_chars else text[: max(0, max_chars - len(CUT))] + CUT


def clip_middle(text: str, max_chars: int) -> str:
    """The text, cut in its middle: of a traceback the end matters, of output both ends."""
    if len(text) <= max_chars:
        return text
    kept = max(0, max_chars - len(CUT) - 2)
    head = kept // 3
    return f"{text[:head]}\n{CUT}\n{text[len(text) - (kept - head) :]}"


def clip_bytes(text: str, max_bytes: int) -> str:
    """The text, cut to at most `max_bytes` of UTF-8."""
    raw = text.encode("utf-8")
    if len(raw) <= max_bytes:
        return text
    return raw[: max_bytes - len(CUT)].decode("utf-8", "ignore") + CUT


def output(stream: common_pb2.Output, max_chars: int) -> str:
    """What was written to a stream, without trailing space; bytes that are no UTF-8 as escapes."""
    head = stream.head.decode("utf-8", "backslashreplace")
    tail = stream.tail.decode("utf-8", "backslashreplace")
    text = f"{head}\n{CUT}\n{tail}" if stream.truncated else head + tail
    return passage(text, max_chars)


def passage(text: str, max_chars: int) -> str:
    """Several lines of the attempt's text, without trailing space, cut in the middle."""
    # Cut first, since the text may be long, and again, since an escape is longer than what it stands for.
    return clip_middle(plain(clip_middle(text.rstrip(), max_chars)), max_chars)


def indent(text: str, prefix: str) -> str:
    """Every line behind `prefix`, so that the attempt's lines cannot pass for ours."""
    return "\n".join(prefix + line for line in text.split("\n"))


def _pieces(tree: JSONTree, max_chars: int) -> Iterator[str]:
    """The notation piece by piece, lazily; depth is bounded by the limits that the tree was parsed with."""
    if isinstance(tree, list):
        yield from _sequence("[", tree, "]", max_chars)
    elif isinstance(tree, str):
        yield repr(tree[: max_chars + 1])
    elif isinstance(tree, dict):
        ((tag, body),) = tree.items()
        yield from _tagged(tag, body, max_chars)
    else:
        yield repr(tree)  # None, a bool, a small int or a float, as json.loads made it


def _tagged(tag: str, body: JSONTree, max_chars: int) -> Iterator[str]:
    if tag == "int":
        yield clip(_short_int(body), max_chars)
    elif tag == "float":
        yield f"float({body!r})"
    elif tag == "bytes":
        yield repr(base64.b64decode(body[: 4 * max_chars]))
    elif tag == "complex":
        yield from _sequence("complex(", body, ")", max_chars)
    elif tag == "dict":
        yield from _pairs("{", body, "}", ": ", max_chars)
    elif tag == "record":
        yield from _pairs(f"{clip(body[0], max_chars)}(", body[1], ")", "=", max_chars)
    elif tag == "enum":
        yield clip(f"{body[0]}.{body[1]}", max_chars)
    elif tag in _STANDARD:
        yield clip(_STANDARD[tag](body), max_chars)
    elif tag == "set" and not body:
        yield "set()"
    else:
        opening, closing = _BRACKETS[tag]
        yield from _sequence(opening, body, ",)" if tag == "tuple" and len(body) == 1 else closing, max_chars)


_BRACKETS = {
    "tuple": ("(", ")"),
    "set": ("{", "}"),
    "frozenset": ("frozenset({", "})"),
    "iterator": ("<iterator of [", "]>"),
}


def _decimal(body: JSONTree) -> str:
    negative, digits, exponent = body
    sign = "-" if negative else ""
    if exponent in _NO_NUMBERS:
        return f"Decimal('{sign}{_NO_NUMBERS[exponent]}')"
    places = -int(exponent)
    if 0 < places < min(len(digits), _DECIMAL_HEX_DIGITS):
        return f"Decimal('{sign}{digits[:-places]}.{digits[-places:]}')"
    return f"Decimal('{sign}{digits}{f'E{int(exponent):+d}' if places else ''}')"


_NO_NUMBERS = {"F": "Infinity", "n": "NaN", "N": "sNaN"}


def _moment(tag: str) -> Callable[[JSONTree], str]:
    return lambda body: f"{tag}({', '.join(map(str, body))})"


def _zoned(tag: str) -> Callable[[JSONTree], str]:
    def shown(body: JSONTree) -> str:
        *parts, _, offset_us = body
        zone = "" if offset_us is None else f", {offset_us / 1e6:+g} s from UTC"
        return f"{tag}({', '.join(map(str, parts))}{zone})"

    return shown


_STANDARD: dict[str, Callable[[JSONTree], str]] = {
    "decimal": _decimal,
    "fraction": lambda body: f"Fraction({', '.join(_short_int(part) for part in body)})",
    "date": _moment("date"),
    "timedelta": _moment("timedelta"),
    "time": _zoned("time"),
    "datetime": _zoned("datetime"),
}


def _short_int(text: str) -> str:
    return str(int(text, 16)) if len(text) <= _DECIMAL_HEX_DIGITS else text


def _sequence(opening: str, items: list[JSONTree], closing: str, max_chars: int) -> Iterator[str]:
    yield opening
    for number, item in enumerate(items):
        if number:
            yield ", "
        yield from _pieces(item, max_chars)
    yield closing


def _pairs(opening: str, pairs: list[JSONTree], closing: str, between: str, max_chars: int) -> Iterator[str]:
    yield opening
    for number, (key, item) in enumerate(pairs):
        if number:
            yield ", "
        yield from [clip(key, max_chars)] if between == "=" else _pieces(key, max_chars)
        yield between
        yield from _pieces(item, max_chars)
    yield closing
