"""Sources of every kind that an agent or an attacker sends, for promises that hold for any."""

from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]

HOSTILE: dict[str, bytes] = {
    "nothing": b"",
    "one byte": b"\xff",
    "a NUL": b"x = '\0'",
    "NULs alone": b"\0" * 1_000,
    "no UTF-8": b"x = '\xff'",
    "a lone surrogate": b"x = '\xed\xa0\x80'",
    "an escaped surrogate": b"x = '\\ud800' +",
    "surrogates by a codec": b"# coding: utf-7\n+2AA-x = 1 1",
    "a byte order mark": b"\xef\xbb\xbfx = 1\n",
    "a mark and another cookie": b"\xef\xbb\xbf# coding: latin-1\nx = 1\n",
    "a cookie": b"# coding: latin-1\nx = '\xe9'\n",
    "an unknown cookie": b"# coding: nowhere\nx = 1",
    "a codec of texts": b"# coding: rot13\nk = 1",
    "a codec of bytes": b"# coding: zlib\nx = 1",
    "a slow codec": b"# coding: punycode\n" + b"a-" * 5_000,
    "a codec that ends": b"# coding: undefined\nx = 1",
    "idna": b"# coding: idna\nx = 1\n",
    "UTF-16": "x = 1\n".encode("utf-16"),
    "carriage returns": b"a = 1\rb = 2 +\r",
    "separators": "a = '\u2028' +\n".encode(),
    "a form feed": b"\x0cx = 1\n\x0c y = 2\n",
    "continued at the end": b"x = 1 + \\",
    "many brackets": b"x = " + b"(" * 300 + b")" * 300,
    "brackets it takes": b"x = " + b"[" * 90 + b"]" * 90,
    "many blocks": b"".join(b" " * at + b"if x:\n" for at in range(120)) + b" " * 120 + b"pass\n",
    "signs": b"x = " + b"-" * 20_000 + b"1",
    "signs it takes": b"x = " + b"-" * 700 + b"1\n",
    "a long sum": b"x = " + b"a + " * 8_000 + b"a\n",
    "a long chain": b"x = a" + b".b" * 3_000 + b"\n",
    "calls of calls": b"x = f" + b"()" * 3_000 + b"\n",
    "lambdas": b"x = " + b"lambda: " * 1_000 + b"1\n",
    "comparisons": b"x = " + b"a < " * 10_000 + b"a\n",
    "many digits": b"x = " + b"9" * 10_000 + b"\n",
    "digits it takes": b"x = " + b"9" * 4_000 + b"\n",
    "many hexadecimal digits": b"x = 0x" + b"f" * 60_000 + b"\n",
    "a long string": b"x = '" + b"a" * 60_000 + b"'\n",
    "an open string": b"x = '" + b"a" * 60_000,
    "a long line that is wrong": b"x = '" + "\u00e9".encode() * 20_000 + b"\n",
    "f-strings in f-strings": b"x = " + b"f'{" * 3 + b"1" + b"}'" * 3 + b"\n",
    "many assignments": b"a=1\n" * 16_000,
    "many functions": b"".join(b"def f%d(x):\n for i in x:\n  f%d(i)\n" % (at, at + 1) for at in range(1_200)),
    "aliases of aliases": b"".join(b"a%d = a%d.b\n" % (at, at + 1) for at in range(2_000)),
    "getattr of getattr": b"import builtins\n" + b"x = getattr(builtins, 'ev' 'al')\n" * 500,
    "many loops": b"def f(a):\n"
    + b"".join(b" " * at + b"for i%d in a:\n" % at for at in range(1, 19))
    + b" " * 20
    + b"1\n",
    "a constant that folds": b"x = (1,) * 10_000_000\ny = 'a' * 4_000 * 4_000\n",
    "warnings": b"x = 1 is 1\ny = '\\d'\nassert (1, 'x')\n",
    "return at the top": b"return 1",
    "await at the top": b"await x",
    "tabs and blanks": b"if 1:\n\tx = 1\n        y = 1\n",
    "a walrus of eval": b"(e := eval)('1')\n",
    "names that look alike": "\uff45\uff56\uff41\uff4c('1')\n".encode(),
    "types and matches": b"match x:\n case {'a': [1, *b], **c} if b: pass\n case str(d) | d: pass\n",
    "a new syntax": b"type X[T] = list[T]\ndef f[T](x: T) -> T: return x\n",
}


def of_tasks() -> dict[str, bytes]:
    """All sources of all tasks, and some of the attempts that the verdicts are tested with."""
    attempts = sorted(_ROOT.glob("tests/attempts/*/*/fix.py"))[::4]
    files = [*sorted(_ROOT.glob("gateway/tasks/*/*/*.py")), *attempts]
    return {str(path.relative_to(_ROOT)): path.read_bytes() for path in files}
