"""Tasks are found by words of their ids, titles and categories."""

import pytest

from codearena.tasks.task import Level
from gateway.catalogue.index import Entry, Filters, Index
from gateway.catalogue.texts import Texts


@pytest.fixture
def index() -> Index:
    index = Index()
    index.add(Entry("easy-1", "easy", Level.EASY, title="Average of a list", tags=("lists", "numbers")))
    index.add(Entry("hard-1", "hard", Level.HARD, "held_out", "mbpp", ("lists",), "Größte Summe"))
    index.add(Entry("easy-2", "easy", Level.EASY))
    return index


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["AVERAGE"], ["easy-1"]),
        (["list", "easy"], ["easy-1"]),
        (["größte"], ["hard-1"]),
        (["1"], ["easy-1", "hard-1"]),
        (["easy-1average"], []),
        (["zzz"], []),
        (["HARD"], ["hard-1"]),
        ([], ["easy-1", "hard-1", "easy-2"]),
    ],
)
def test_every_word_is_in_the_id_the_title_or_the_category(index: Index, words: list[str], found: list[str]) -> None:
    assert [index.ids[number] for number in index.found(Filters(words=tuple(words)))] == found


def test_a_word_is_not_found_across_two_texts() -> None:
    texts = Texts()
    texts.add("ab")
    texts.add("cd")
    assert texts.found("bc") == set()
    assert texts.found("b") == {0}


def test_a_lone_surrogate_is_found_like_any_text() -> None:
    texts = Texts()
    texts.add("\udc80 title")
    assert texts.found("\udc80") == {0}


def test_words_are_counted_by_task(index: Index) -> None:
    words = index.words()
    assert words["categories"] == {"easy": 2, "hard": 1}
    assert words["levels"] == {"easy": 2, "hard": 1}
    assert words["splits"] == {"train": 2, "held_out": 1}
    assert words["sources"] == {"": 2, "mbpp": 1}
    assert words["tags"] == {"lists": 2, "numbers": 1}
