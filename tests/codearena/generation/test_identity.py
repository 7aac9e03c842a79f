import pytest

from codearena.generation.identity import identity

TEXT = "def f(values):\n    total = 0\n    for value in values:\n        total += value\n    return total\n"


@pytest.mark.parametrize(
    "same",
    [
        TEXT.replace("total = 0", "total  =  0  # none yet"),
        TEXT.replace("(values)", "(values: list[int]) -> int").replace("total = 0", "total: int = 0"),
        TEXT.replace("    total = 0", '    """Sums up."""\n    total = 0'),
        TEXT.replace("total", "found").replace("value", "item"),
    ],
    ids=["comments and spaces", "annotations", "docstrings", "other names"],
)
def test_what_does_not_change_the_program_does_not_change_its_identity(same: str) -> None:
    assert identity(same) == identity(TEXT)


@pytest.mark.parametrize(
    "other",
    [
        TEXT.replace("+=", "-="),
        TEXT.replace("= 0", "= 1"),
        TEXT.replace("total += value", "value += total"),
        TEXT.replace("        total", "    total"),
        "import sum\n" + TEXT,
    ],
)
def test_another_program_has_another_identity(other: str) -> None:
    assert identity(other) != identity(TEXT)


def test_names_of_others_are_no_own_names() -> None:
    assert identity("print(max([1]))\n") != identity("print(min([1]))\n")


def test_texts_that_do_not_parse_are_told_apart_by_their_tokens() -> None:
    broken = TEXT.replace("):", ")")
    assert identity(broken) == identity(broken.replace("total = 0", "total = 0  # begin"))
    assert len({identity(broken), identity(TEXT), identity(TEXT.replace("values:", "values"))}) == 3
