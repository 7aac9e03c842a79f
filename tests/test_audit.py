"""Our own code has no weakness that bandit knows and docs/audit.md does not explain."""

from tests import audit
from tests.audit import Explanation, Weakness


def test_every_finding_is_explained_and_every_explanation_is_of_a_finding() -> None:
    found, known = audit.weaknesses(), audit.explanations()
    assert audit.unexplained(found, known) == []
    assert audit.idle(found, known) == []


def test_what_is_not_on_the_page_is_told() -> None:
    found = [Weakness("B999", "gateway/new.py", 3, "bad")]
    assert audit.unexplained(found, [Explanation("B999", "codearena/*", "")]) == ["B999 gateway/new.py:3 bad"]
    assert audit.idle(found, [Explanation("B101", "*", "")]) == ["B101 *"]
