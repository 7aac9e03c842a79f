"""Security findings: bandit, and what it misses. Runs in workers only."""

import ast
import io
import logging
import re
from typing import Any

from bandit.core import config, meta_ast, metrics, node_visitor, test_set

from judge_service.analysers import bypasses, credentials
from judge_service.analysers.source import decode, one_line

_FILE_NAME = "attempt.py"
_PASSWORD_RULES = frozenset({"B105", "B106", "B107"})
_PASSWORD_MESSAGE = re.compile(r"Possible hardcoded password: '(.*)'", re.DOTALL)
_RANKS = {"UNDEFINED": 0, "LOW": 1, "MEDIUM": 2, "HIGH": 3}
_KEPT = 200

logging.getLogger("bandit").setLevel(logging.CRITICAL)
_TESTS = test_set.BanditTestSet(config.BanditConfig(), profile={})


def analyse(source: bytes) -> dict[str, object]:
    """Facts for `scoring.security`: see `answers.SecurityAnswer`.

    `# nosec` has no effect: bandit's visitor is given no lines to skip. An exception in one of bandit's tests is not
    skipped as bandit does (debug=True), for then a source could silence a test by making it fail.
    """
    text = decode(source)
    tree = ast.parse(text)
    credential_lines = set(credentials.hard_coded(tree))
    found = [_finding(issue) for issue in _bandit(source, text) if not _is_no_password(issue)]
    # One literal is one finding, whoever saw it.
    found = [item for item in found if item["rule"] not in _PASSWORD_RULES or item["line"] not in credential_lines]
    found += [_high(credentials.RULE, "Possible hardcoded credential", line) for line in sorted(credential_lines)]
    lines = sorted(set(bypasses.imported(tree)))
    found += [_high(bypasses.RULE, "Access to the system past Python's own functions", line) for line in lines]
    found.sort(key=_worst_first)
    return {"total": len(found), "findings": found[:_KEPT]}


def _high(rule: str, message: str, line: int) -> dict[str, object]:
    return {"rule": rule, "message": message, "line": line, "severity": "high", "confidence": "high"}


def _bandit(source: bytes, text: str) -> list[Any]:
    counts = metrics.Metrics()
    counts.begin(_FILE_NAME)
    visitor = node_visitor.BanditNodeVisitor(
        _FILE_NAME, io.BytesIO(source), meta_ast.BanditMetaAst(), _TESTS, True, {}, counts
    )
    # Else it would write down the tree below each node, which takes seconds where expressions nest, for a log that
    # nobody keeps. The tester was given the same, for the tests, and has its own.
    visitor.debug = False
    visitor.process(text)
    return list(visitor.tester.results)


def _is_no_password(issue: Any) -> bool:
    """True for what bandit takes for a password and is none: "" (`if token == "":`) and a variable's name."""
    match = _PASSWORD_MESSAGE.fullmatch(issue.text)
    if issue.test_id not in _PASSWORD_RULES or match is None:
        return False
    return not match[1] or credentials.names_a_variable(match[1])


def _finding(issue: Any) -> dict[str, object]:
    """Bandit calls a hard-coded password low. Here it is the very defect that tasks ask to repair: high."""
    severity = "high" if issue.test_id in _PASSWORD_RULES else _level(issue.severity)
    return {
        "rule": issue.test_id,
        "message": one_line(issue.text),
        "line": issue.lineno or 0,
        "severity": severity,
        "confidence": _level(issue.confidence),
    }


def _level(rank: str) -> str:
    return "low" if rank == "UNDEFINED" else rank.lower()


def _worst_first(finding: dict[str, object]) -> tuple[int, int, int, str]:
    severity, confidence = (_RANKS[str(finding[key]).upper()] for key in ("severity", "confidence"))
    return -severity, -confidence, int(str(finding["line"])), str(finding["rule"])
