"""Which part of a completion is its answer: the corpus of this folder, and what must hold of any completion."""

import pytest

from codearena.completions import Answer, NoAnswer, answer_of, source_of
from tests.codearena.completions.corpus import Case, cases

CASES = cases()


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_answer_is_found(case: Case) -> None:
    assert answer_of(case.completion, case.entry_point) == Answer(case.source, case.missing)


def test_the_corpus_is_large_enough() -> None:
    assert len(CASES) >= 150
    assert {case.missing for case in CASES} == {None, *NoAnswer}


def test_source_of_an_absent_answer_is_empty() -> None:
    assert source_of("I cannot do that.", "f") == ""
    assert not answer_of("I cannot do that.", "f").found
