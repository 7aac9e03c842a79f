"""Values that take long to read, each as large as one may be: what an attempt can make its report of."""

from collections.abc import Callable

VALUE_BYTES = 256 * 1024
"""What a task lets a call return, if it says nothing else."""


def filled(item: bytes, opening: bytes = b"[", closing: bytes = b"]") -> bytes:
    """As many of the item as there is room for."""
    count = (VALUE_BYTES - len(opening) - len(closing)) // (len(item) + 1)
    return opening + b",".join([item] * count) + closing


def numbered(item: Callable[[int], bytes], opening: bytes = b"[", closing: bytes = b"]") -> bytes:
    """As many different items as there is room for."""
    room, items = VALUE_BYTES - len(opening) - len(closing), []
    while (room := room - len(made := item(len(items))) - 1) >= 0:
        items.append(made)
    return opening + b",".join(items) + closing


def chain(opening: bytes, closing: bytes, depth: int) -> bytes:
    return opening * depth + closing * depth


_DIGITS = b"f" * (VALUE_BYTES // 2 - 100)

SHAPES = {
    "chains of lists": filled(chain(b"[", b"]", 96)),
    "empty lists": filled(b"[]"),
    "ints": filled(b"1"),
    "floats that are nearly equal": numbered(lambda number: repr(1 + number * 2.0**-40).encode()),
    "nans": filled(b'{"float":"nan"}'),
    "large ints": numbered(lambda number: b'{"int":"0x%x"}' % ((1 << 64) + number)),
    "one huge int": b'{"int":"0x' + b"f" * (VALUE_BYTES - 100) + b'"}',
    "digits without end": b"9" * VALUE_BYTES,
    "long decimals": filled(b'{"decimal":[false,"' + b"9" * 800 + b'","-400"]}'),
    "one decimal of zeros": b'{"decimal":[false,"1' + b"0" * (VALUE_BYTES - 100) + b'","-5"]}',
    "fractions": numbered(lambda number: b'{"fraction":["0x%x","0x3"]}' % number),
    "one huge fraction": b'{"fraction":["0x' + _DIGITS + b'","0x' + _DIGITS + b'"]}',
    "text of escapes": filled(b"\\u0001\\ud800", b'"', b'"').replace(b",", b"/"),
    "short texts": filled(b'"a"'),
    "sets of sets": filled(b'{"set":[]}', b'{"set":[', b"]}"),
    "chains of sets": filled(chain(b'{"set":[', b"]}", 45), b'{"set":[', b"]}"),
    "frozensets": numbered(lambda number: b'{"frozenset":[%d]}' % number, b'{"frozenset":[', b"]}"),
    "a dict": numbered(lambda number: b"[%d,%d]" % (number, number), b'{"dict":[', b"]}"),
    "a dict of equal keys": filled(b"[1,1]", b'{"dict":[', b"]}"),
    "a dict of containers as keys": numbered(lambda number: b'[{"tuple":[%d,[]]},0]' % number, b'{"dict":[', b"]}"),
    "records": filled(b'{"record":["A",[["a",1]]]}'),
    "one record of many fields": numbered(lambda number: b'["f%d",1]' % number, b'{"record":["A",[', b"]]}"),
    "enum members": filled(b'{"enum":["A","B",1]}'),
    "moments": filled(b'{"datetime":[2020,1,1,1,1,1,1,0,null]}'),
    "complex numbers": filled(b'{"complex":[1.0,2.0]}'),
    "one long bytes": filled(b"AAAAAAA", b'{"bytes":"', b'"}').replace(b",", b"A"),
    "an iterator": filled(b"null", b'{"iterator":[', b"]}"),
    "text in deep lists": b"[" * 90 + b'"' + b"\\u0100" * 40_000 + b'"' + b"]" * 90,
    "no end of brackets": b"[" * VALUE_BYTES,
    "brackets that close too late": chain(b"[", b"]", VALUE_BYTES // 2),
    "a mistake at the end": filled(b"[]")[:-4] + b",{}]",
    "an unknown tag": filled(b'{"x":1}'),
    "a tag many times": filled(b'"set":[]', b"{", b"}"),
}
