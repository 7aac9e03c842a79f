"""Ruff's findings, of several sources in one run. Runs in workers only, which may start ruff and nothing else."""

import json
import os
import re
import resource
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from typing import Any, BinaryIO

from ruff import find_ruff_bin  # type: ignore[import-untyped]

from judge_service.analysers.source import UnreadableSourceError, decode, one_line

_RUFF = find_ruff_bin()
_RULES = (
    "F,E4,E7,E9,A,ARG,B,BLE,C4,PERF,PIE,PLE,PLW,SIM,RET501,RET502,RET503,RET504"  # what a reviewer would say anywhere
)
_IGNORED = "PLW1510"  # subprocess.run without check=: a matter of taste, and most right fixes for a shell lack it
_ARGUMENTS = (
    *("check", "--quiet", "--exit-zero", "--output-format", "json-lines", "--target-version", "py311"),
    *("--select", _RULES, "--ignore", _IGNORED),
    # Nothing the attempt writes, and no file of the host, changes what is found.
    *("--isolated", "--no-cache", "--ignore-noqa"),
)
_FILES = "/proc/self/fd/"
_HIGH = re.compile(r"F5|F6|F7|F82|E9|PLE|invalid-syntax")
_MEDIUM = re.compile(r"F|E7[12]|B|BLE|A0|PLW")
_ORDER = ("high", "medium", "low")
_KEPT = 50

Finding = dict[str, object]


class RuffError(Exception):
    """Ruff did not run to its end, or said more than can be kept."""


def analyse(sources: Sequence[bytes]) -> list[dict[str, object]]:
    """Facts for `scoring.quality`, one for each source: see `answers.LintAnswer` for their meaning.

    A source that cannot be decoded has no facts: {"unreadable": true}.

    Raises:
        RuffError: ruff was ended by a limit or crashed; with several sources it may be any one's doing.
    """
    texts = [_decoded(source) for source in sources]
    found = _found([text.encode() for text in texts if text is not None])
    return [{"unreadable": True} if text is None else _facts(next(found)) for text in texts]


def _decoded(source: bytes) -> str | None:
    try:
        return decode(source)
    except (UnreadableSourceError, SyntaxError):
        return None


def _found(contents: Sequence[bytes]) -> Iterator[list[Finding]]:
    """What ruff finds in each, in their order."""
    if not contents:
        return iter(())
    with ExitStack() as stack:
        files = [stack.enter_context(_memory_file(content)) for content in contents]
        printed = stack.enter_context(_memory_file(b""))
        status = _run_ruff([file.fileno() for file in files], printed)
        # What it would print beyond RLIMIT_FSIZE is lost, and it dies of that: of one source the rest will do.
        limit = resource.getrlimit(resource.RLIMIT_FSIZE)[0]
        if status != 0 and (len(contents) > 1 or os.fstat(printed.fileno()).st_size < limit):
            raise RuffError(f"ruff ended with status {status}")
        printed.seek(0)
        by_file: dict[int, list[Finding]] = {file.fileno(): [] for file in files}
        for line in printed.read().decode(errors="replace").split("\n"):
            # One object a line, whatever a message quotes of a source: no source can speak of another.
            with suppress(ValueError):  # the last line, which may be empty or cut off
                said = json.loads(line)
                by_file[int(said["filename"].rpartition("/")[2])].append(_finding(said))
        return iter(by_file.values())


def _memory_file(content: bytes) -> BinaryIO:
    file = os.fdopen(os.memfd_create("ruff"), "w+b", buffering=0)
    file.write(content)
    file.seek(0)
    return file


def _run_ruff(files: Sequence[int], printed: BinaryIO) -> int:
    """Its exit status. It has the limits of this process."""
    return subprocess.run(
        [_RUFF, *_ARGUMENTS, *(f"{_FILES}{file}" for file in files)],
        stdin=subprocess.DEVNULL,
        stdout=printed,
        stderr=subprocess.DEVNULL,
        env={"RAYON_NUM_THREADS": "1", "NO_COLOR": "1"},
        pass_fds=files,
        check=False,
    ).returncode


def _finding(said: dict[str, Any]) -> Finding:
    rule = said["code"] or "invalid-syntax"
    line = int(said["location"]["row"])
    return {"rule": rule, "message": one_line(said["message"]), "line": line, "severity": _severity(rule)}


def _facts(found: list[Finding]) -> dict[str, object]:
    """Every finding is counted; the 50 worst are kept."""
    worst_first = sorted(found, key=lambda finding: _ORDER.index(str(finding["severity"])))
    return {"findings": worst_first[:_KEPT], "counts": Counter(str(finding["severity"]) for finding in found)}


def _severity(rule: str) -> str:
    """high: fails when it runs (undefined name, bad format string); medium: likely a mistake; low: could be simpler."""
    if _HIGH.match(rule):
        return "high"
    return "medium" if _MEDIUM.match(rule) else "low"
