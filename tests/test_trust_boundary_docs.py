"""Every claim of docs/trust-boundary.md, and every limit, names a test that exists, or says why there is none."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "trust-boundary.md").read_text("utf-8")
_ATTEMPTS = ROOT / "tests" / "attempts"
_SPANS = re.compile(r"`([^`]+)`")
_WITHOUT_A_TEST = "*No test:"

FILES = sorted({span for span in _SPANS.findall(TEXT) if "/" in span and span.endswith((".py", ".json", ".md"))})
CASES = sorted({span for span in _SPANS.findall(TEXT) if re.fullmatch(r"(\*|[a-z_]+-\d)/[a-z*-]+", span)})


def _claims() -> list[str]:
    """The rows of the tables, without their heads."""
    rows = [line for line in TEXT.splitlines() if line.startswith("| ")]
    return [row for row in rows if not row.startswith(("| claim", "| ---"))]


def _limits() -> list[str]:
    """What does not hold, one by one."""
    section = TEXT.partition("## What does not hold")[2]
    return re.split(r"^- ", section, flags=re.MULTILINE)[1:]


def _named_tests() -> Iterator[tuple[str, str]]:
    """Each test that is named, with the file named last before it."""
    file = ""
    for span in _SPANS.findall(TEXT):
        if span.startswith("test_"):
            yield file, span
        elif span.startswith("tests/"):
            file = span


@pytest.mark.parametrize("file", FILES)
def test_the_file_exists(file: str) -> None:
    assert (ROOT / file).exists()


@pytest.mark.parametrize("case", CASES)
def test_the_case_exists(case: str) -> None:
    assert list(_ATTEMPTS.glob(f"{case}/expect.yaml"))


@pytest.mark.parametrize(("file", "name"), list(_named_tests()))
def test_the_named_test_is_in_the_file_named_before_it(file: str, name: str) -> None:
    assert f"def {name}(" in (ROOT / file).read_text("utf-8")


@pytest.mark.parametrize("claim", _claims(), ids=lambda row: row.split("|")[1].strip())
def test_every_claim_names_what_shows_it(claim: str) -> None:
    shown_by = claim.rstrip(" |").rpartition("|")[2]
    assert _SPANS.findall(shown_by) or "the same" in shown_by


@pytest.mark.parametrize("limit", _limits(), ids=lambda text: text.split("**")[1])
def test_every_limit_names_what_shows_it_or_why_nothing_can(limit: str) -> None:
    named = [span for span in _SPANS.findall(limit) if span.startswith("test_") or span in CASES]
    assert named or _WITHOUT_A_TEST in limit
