"""How hard a repair is, from what can be counted: points, and the level that they come to."""

from collections.abc import Sequence
from typing import Literal

from codearena.generation.certificate import Difficulty, Marks, Outcome
from codearena.generation.operators.operator import Kind

_OUTCOME: dict[Outcome, float] = {"compile_error": -1.0, "load_error": -0.5, "fails": 0.0, "slow": 1.0, "passes": 0.0}
_BASE = {"easy": 0.0, "medium": 0.5, "hard": 1.0}
_SUBTLE = 0.25
_PLAIN = 0.8
_LONG_LINES = 25
_SOON = 3
_EASY, _HARD = 0.5, 1.5
_DEEP = (Kind.STATE, Kind.COMPLEXITY, Kind.SECURITY)


def difficulty(
    level: str, source: str, kinds: Sequence[Kind], marks: Marks, outcome: Outcome, fixer_rank: int | None
) -> Difficulty:
    """Of a buggy source. level: of the program that it was; kinds: of its bugs.

    Points are added for more than one bug, a long or hard program, a bug that few tests show, a kind that is not seen
    by reading one line, and a repair that the built-in fixer does not come upon; they are taken away for a source that
    does not even load, one that fails nearly everything, and a repair that the fixer tries first.
    """
    failing = 1 - marks.passed / marks.total if marks.total else 1.0
    lines = sum(bool(line.strip()) for line in source.splitlines())
    points = _BASE.get(level, 0.5) + 0.75 * (len(kinds) - 1) + _OUTCOME[outcome]
    points += 0.5 * (lines > _LONG_LINES) + 0.5 * any(kind in _DEEP for kind in kinds)
    if outcome == "fails":
        points += 0.5 if failing <= _SUBTLE else -0.5 if failing >= _PLAIN else 0.0
    points += 0.5 if fixer_rank is None else -0.5 if fixer_rank <= _SOON else 0.0
    counted = {"bugs": len(kinds), "lines": lines, "failing": round(failing, 4), "fixer_rank": fixer_rank}
    return Difficulty(level=_level(points), points=points, **counted)


def _level(points: float) -> Literal["easy", "medium", "hard"]:
    return "easy" if points < _EASY else "medium" if points < _HARD else "hard"
