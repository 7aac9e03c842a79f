"""No weakness of our own code that bandit knows, or of a locked package that is published, goes unexplained."""

import json
import os
import subprocess

import pytest

from tests import audit
from tests.audit import Advisory, Explanation, NotAuditedError, Weakness


def test_every_finding_is_explained_and_every_explanation_is_of_a_finding() -> None:
    found, known = audit.weaknesses(), audit.explanations()
    assert audit.unexplained(found, known) == []
    assert audit.idle(found, known) == []


def test_what_is_not_on_the_page_is_told() -> None:
    found = [Weakness("B999", "gateway/new.py", 3, "bad")]
    assert audit.unexplained(found, [Explanation("B999", "codearena/*", "")]) == ["B999 gateway/new.py:3 bad"]
    assert audit.idle(found, [Explanation("B101", "*", "")]) == ["B101 *"]


def test_every_advisory_on_a_locked_package_is_explained_and_every_explanation_is_of_one() -> None:
    try:
        found = audit.advisories()
    except NotAuditedError as error:
        if os.environ.get("CODEARENA_TESTS_NEED_ADVISORIES"):
            pytest.fail(f"NOT AUDITED: {error}")
        pytest.skip(f"NOT AUDITED: {error}")
    assert audit.unaccepted(found, audit.accepted()) == []


def test_an_advisory_is_explained_by_any_of_its_ids() -> None:
    found = [Advisory(frozenset({"PYSEC-1", "CVE-1"}), "one 1.0"), Advisory(frozenset({"PYSEC-2"}), "two 2.0")]
    assert audit.unaccepted(found, ["CVE-1"]) == ["two 2.0: PYSEC-2"]
    assert audit.unaccepted(found, ["CVE-1", "PYSEC-2", "CVE-3"]) == ["CVE-3 is explained, but not found"]


def _answering(monkeypatch: pytest.MonkeyPatch, *dependencies: dict[str, object]) -> None:
    """pip-audit, if this were what it is told of whatever it asks."""
    output = json.dumps({"dependencies": dependencies})
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 0, output, ""))


def test_packages_that_the_service_skips_or_knows_nothing_of_are_not_audited(monkeypatch: pytest.MonkeyPatch) -> None:
    _answering(monkeypatch, {"name": "urllib3", "skip_reason": "not found"})
    with pytest.raises(NotAuditedError, match="answers nothing for 1 of 1"):
        audit.advisories()
    _answering(monkeypatch, {"name": "urllib3", "version": "1.24.1", "vulns": []})
    with pytest.raises(NotAuditedError, match="years ago"):
        audit.advisories()


def test_what_the_service_finds_is_told_with_all_its_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    bug = {"id": "PYSEC-2021-108", "aliases": ["CVE-2021-33503"]}
    _answering(monkeypatch, {"name": "urllib3", "version": "1.24.1", "vulns": [bug]})
    assert set(audit.advisories()) == {Advisory(frozenset({"PYSEC-2021-108", "CVE-2021-33503"}), "urllib3 1.24.1")}
