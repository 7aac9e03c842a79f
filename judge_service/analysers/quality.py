"""Quality facts: radon's complexity and maintainability, ruff's findings. Runs in the limited child only."""

import ast
import os
import re
import resource
import subprocess
from collections import Counter
from typing import BinaryIO

from radon.metrics import h_visit_ast, mi_compute
from radon.visitors import ComplexityVisitor, Function
from ruff import find_ruff_bin  # type: ignore[import-untyped]

from judge_service.analysers.protocol import ANSWER_BYTES
from judge_service.analysers.source import decode, one_line

_RUFF = find_ruff_bin()
_RULES = (
    "F,E4,E7,E9,A,ARG,B,BLE,C4,PERF,PIE,PLE,PLW,SIM,RET501,RET502,RET503,RET504"  # what a reviewer would say anywhere
)
_IGNORED = "PLW1510"  # subprocess.run without check=: a matter of taste, and most right fixes for a shell lack it
_ARGUMENTS = (
    *("check", "--quiet", "--exit-zero", "--output-format", "concise", "--target-version", "py311"),
    *("--select", _RULES, "--ignore", _IGNORED),
    # Nothing the attempt writes, and no file of the host, changes what is found.
    *("--isolated", "--no-cache", "--ignore-noqa", "--stdin-filename", "attempt.py", "-"),
)
_LINE = re.compile(r"attempt\.py:(\d+):\d+: ([\w-]+):? (?:\[\*\] )?(.*)")
_HIGH = re.compile(r"F5|F6|F7|F82|E9|PLE|invalid-syntax")
_MEDIUM = re.compile(r"F|E7[12]|B|BLE|A0|PLW")
_ORDER = ("high", "medium", "low")
_KEPT = 50


class RuffError(Exception):
    """Ruff did not run to its end."""


def analyse(source: bytes) -> dict[str, object]:
    """Facts for `scoring.quality`: see `answers.QualityAnswer` for their meaning.

    Raises:
        RuffError: ruff was ended by a limit or crashed.
    """
    text = decode(source)
    with _memory_file(text.encode()) as given, _memory_file(b"") as printed:
        with _start_ruff(given, printed) as ruff:  # works while radon does
            resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))  # nothing else is to be started
            facts = radon_facts(text)
        if ruff.returncode != 0 and os.fstat(printed.fileno()).st_size < ANSWER_BYTES:
            raise RuffError(f"ruff ended with status {ruff.returncode}")
        printed.seek(0)
        return {**facts, **_findings(printed.read(ANSWER_BYTES).decode(errors="replace"))}


def _memory_file(content: bytes) -> BinaryIO:
    file = os.fdopen(os.memfd_create("ruff"), "w+b", buffering=0)
    file.write(content)
    file.seek(0)
    return file


def _start_ruff(given: BinaryIO, printed: BinaryIO) -> subprocess.Popen[bytes]:
    """Ruff under the limits of this process. What it would print beyond RLIMIT_FSIZE is lost, and it dies of that."""
    environment = {"RAYON_NUM_THREADS": "1", "NO_COLOR": "1"}
    return subprocess.Popen(
        [_RUFF, *_ARGUMENTS], stdin=given, stdout=printed, stderr=subprocess.DEVNULL, env=environment
    )


def radon_facts(text: str) -> dict[str, object]:
    """All facts but ruff's. Comments do not raise the maintainability index: radon's bonus would be an invitation."""
    tree = ast.parse(text)
    visitor = ComplexityVisitor.from_ast(tree)
    functions = [block for block in visitor.blocks if isinstance(block, Function)]
    worst = max(functions, key=lambda block: block.complexity, default=None)
    statements = sum(isinstance(node, ast.stmt) for node in ast.walk(tree))
    volume = h_visit_ast(tree).total.volume
    return {
        "complexity": max(visitor.complexity, worst.complexity if worst else 0),
        "complexity_name": one_line(worst.name) if worst else "",
        "complexity_line": worst.lineno if worst else 0,
        "maintainability": mi_compute(volume, visitor.total_complexity, statements, 0),
        "statements": statements,
    }


def _findings(printed: str) -> dict[str, object]:
    """Every finding is counted; the 50 worst are kept."""
    matches = [match for line in printed.split("\n") if (match := _LINE.fullmatch(line))]
    found = [
        {"rule": match[2], "message": one_line(match[3]), "line": int(match[1]), "severity": _severity(match[2])}
        for match in matches
    ]
    found.sort(key=lambda finding: _ORDER.index(str(finding["severity"])))
    return {"findings": found[:_KEPT], "counts": Counter(str(finding["severity"]) for finding in found)}


def _severity(rule: str) -> str:
    """high: fails when it runs (undefined name, bad format string); medium: likely a mistake; low: could be simpler."""
    if _HIGH.match(rule):
        return "high"
    return "medium" if _MEDIUM.match(rule) else "low"
