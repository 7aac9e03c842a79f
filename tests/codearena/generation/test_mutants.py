import itertools
import random

from codearena.generation.identity import identity
from codearena.generation.mutants import Bug, bugs, compositions, mutant, singles
from codearena.generation.operators.operator import Kind
from codearena.generation.operators.registry import BY_NAME
from codearena.generation.operators.source import Source

TEXT = '''def total(values, limit):
    """Return the sum of the values below the limit."""
    found = 0
    for value in values:
        if value < limit:  # the limit itself does not count
            found += value
    return found
'''


def bug(operator: str, text: str = TEXT) -> Bug:
    return bugs(Source(text), BY_NAME[operator])[0]


def test_a_comment_beside_the_bug_goes_and_others_stay() -> None:
    text = TEXT.replace("found = 0", "found = 0  # nothing yet")
    found = mutant(Source(text), [bug("boundary-shifted", text)])
    assert found is not None
    assert "        if value <= limit:\n" in found.text
    assert "# nothing yet" in found.text


def test_the_same_seed_gives_the_same_mutants() -> None:
    source = Source(TEXT)
    first, again = ([each.text for each in singles(source, random.Random(3), 30)] for _ in range(2))
    other = [each.text for each in singles(source, random.Random(4), 30)]
    assert first == again != other


def test_no_mutant_is_the_program_or_another_one() -> None:
    made = singles(Source(TEXT), random.Random(0), 500)
    kinds = {each.identity for each in made}
    assert len(kinds) == len(made) and identity(TEXT) not in kinds


def test_syntax_is_damaged_in_one_of_every_few() -> None:
    made = singles(Source(TEXT), random.Random(0), 28)
    damaged = [each for each in made if each.bugs[0].kind is Kind.SYNTAX]
    assert 0 < len(damaged) <= len(made) / 5


def test_compositions_have_two_or_three_bugs_of_the_parts() -> None:
    source = Source(TEXT)
    parts = [part for each in singles(source, random.Random(0), 20) for part in each.bugs]
    made = list(itertools.islice(compositions(source, parts, random.Random(0)), 30))
    assert {len(each.bugs) for each in made} == {2, 3}
    assert len({each.identity for each in made}) == len(made)
    assert all(set(each.bugs) <= set(parts) for each in made)


def test_bugs_that_touch_each_other_are_not_composed() -> None:
    source = Source(TEXT)
    flipped, shifted = bug("comparison-flipped"), bug("boundary-shifted")
    assert mutant(source, [flipped, shifted]) is None


def test_compositions_of_few_bugs_come_to_an_end() -> None:
    source = Source(TEXT)
    made = list(compositions(source, [bug("comparison-flipped"), bug("initial-value")], random.Random(0)))
    assert len(made) == 1
