"""What an error log says about where to look: kinds of mistakes, expected values, lines."""

import ast
import re
from dataclasses import dataclass

from gateway.repair.edits import Kind

_POINTS_TO = (
    (r"NameError|UnboundLocalError|ModuleNotFoundError|ImportError", Kind.NAMES),
    (r"AttributeError|TypeError|KeyError", Kind.TYPES),
    (r"ZeroDivisionError|IndexError|is empty|empty list|NoneType|StopIteration", Kind.GUARDS),
    (r"time limit|IndexError|RecursionError", Kind.BOUNDS),
    (r"eval|exec|shell|token|secret|password|keeps this rule|starts .* without", Kind.SECURITY),
    (r"times the CPU time|grows like|optimal|too slow", Kind.SPEED),
)
_EXPECTED = re.compile(r"^\s*expected: (.+)$", re.MULTILINE)
_GOT_NONE = re.compile(r"^\s*got: None$", re.MULTILINE)
_PASSED = re.compile(r"^passed: .*$", re.MULTILINE)
_LINE = re.compile(r"\bline (\d+)")
_WORDS = 8


@dataclass(frozen=True)
class Clues:
    """likely: kinds of mistakes that the log points to; expected: values, as Python writes them.

    words: pieces of expected texts; lines: that the log names.
    """

    likely: frozenset[Kind]
    expected: tuple[str, ...]
    words: tuple[str, ...]
    lines: frozenset[int]


def read(error_log: str) -> Clues:
    error_log = _PASSED.sub("", error_log)
    likely = {kind for pattern, kind in _POINTS_TO if re.search(pattern, error_log)}
    expected = tuple(dict.fromkeys(match.strip() for match in _EXPECTED.findall(error_log)))
    if _GOT_NONE.search(error_log):
        likely.add(Kind.LOGIC)
    lines = frozenset(int(number) for number in _LINE.findall(error_log))
    return Clues(frozenset(likely), expected, tuple(_words(expected)), lines)


def _words(expected: tuple[str, ...]) -> list[str]:
    """Words of expected texts: those that are in capitals or hold a sign first, since inputs rarely look so."""
    found: list[str] = []
    for shown in expected:
        try:
            value = ast.literal_eval(shown)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
        for text in value if isinstance(value, list | tuple) else [value]:
            if isinstance(text, str):
                found += re.findall(r"[^\s:;,]+", text)
    distinct = [word for word in dict.fromkeys(found) if not word.isdigit()]
    return sorted(distinct, key=lambda word: not (word.isupper() or "/" in word))[:_WORDS]
