"""The rows of rewards_log.csv as numbers. Logs of other tools, with the original columns alone, will do."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from codearena.errors import InvalidRequestError
from codearena.evaluation.folder import read_rows
from codearena.evaluation.records import Row
from codearena.evaluation.rewards import FinalReward, of_rows

COMPONENTS = ("compile_score", "test_ratio", "efficiency_score", "llm_correctness", "llm_security", "llm_quality")
_LEVELS = ("easy", "medium", "hard")


@dataclass(frozen=True)
class Step:
    """One graded step. number: of the step in its episode, from 1; components: those that the log has."""

    run: str
    timestamp: str
    task_id: str
    number: int
    reward: float
    components: dict[str, float]
    level: str
    method: str
    outcome: str
    complexity: str
    solved: bool


@dataclass(frozen=True)
class Run:
    """The graded steps of one run, in the order of the log, and what its episodes earned."""

    name: str
    steps: list[Step]
    finals: list[FinalReward]


def load(paths: Sequence[Path]) -> list[Run]:
    """Runs of folders or files.

    Raises:
        InvalidRequestError: one of them is no log of rewards, or none has a graded step.
    """
    names = _names(paths)
    logs = [read_rows(path) for path in paths]
    runs = [Run(name, _steps(name, rows), of_rows(rows)) for name, rows in zip(names, logs, strict=True)]
    if not any(run.steps for run in runs):
        raise InvalidRequestError("no graded step in " + ", ".join(map(str, paths)))
    return runs


def _names(paths: Sequence[Path]) -> list[str]:
    """The last part of each path; the whole where two share it."""
    short = [path.name for path in paths]
    return short if len(set(short)) == len(short) else [str(path) for path in paths]


def _steps(run: str, rows: Sequence[Row]) -> list[Step]:
    return [_step(run, row) for row in rows if row["reward"]]  # what could not be graded has none


def _step(run: str, row: Row) -> Step:
    try:
        return Step(
            run=run,
            timestamp=row["timestamp"],
            task_id=row["task_id"],
            number=int(row["step"]),
            reward=float(row["reward"]),
            components={name: float(row[name]) for name in COMPONENTS if row.get(name)},
            level=row.get("level") or _level_of(row["task_id"]),
            method=row.get("method") or "unknown",
            outcome=_outcome(row),
            complexity=row.get("complexity") or "unknown",
            solved=row.get("solved") == "1",
        )
    except ValueError as error:
        raise InvalidRequestError(f"{run}: a row is not as it should be: {error}") from error


def _outcome(row: Row) -> str:
    """What became of the attempt, in the words that the reader of a figure knows."""
    status = row.get("outcome") or ("ran" if row["compile_score"] and float(row["compile_score"]) else "compile_error")
    if status != "ran":
        return status.replace("_", " ")
    if row.get("solved") == "1":
        return "solved"
    return "tests pass" if row["test_ratio"] and float(row["test_ratio"]) == 1 else "tests fail"


def _level_of(task_id: str) -> str:
    level = task_id.partition("-")[0]
    return level if level in _LEVELS else "other"
