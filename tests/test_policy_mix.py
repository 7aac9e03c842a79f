"""The policy of the benchmark sends what it says: else its figures would be of something else."""

import itertools
from collections import Counter
from pathlib import Path

import pytest

from benchmarks import policy
from benchmarks.policy import HANGING, KINDS, NOT_COMPILING, RIGHT, SHARES, WITHOUT_HANGS
from codearena.tasks.folder import load_tasks

TASKS = load_tasks(Path(__file__).parent.parent / "gateway" / "tasks")


@pytest.mark.parametrize("shares", [SHARES, WITHOUT_HANGS])
def test_every_hundred_has_its_shares_and_no_source_comes_twice(shares: dict[str, int]) -> None:
    sent = list(itertools.islice(policy.answers(list(TASKS.values()), shares, 1), 200))
    assert Counter(each.kind for each in sent[:100]) == Counter(shares)
    assert len({(each.task.id, each.source) for each in sent}) == len(sent)
    assert sum(shares.values()) == 100


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", sorted(TASKS))
def test_only_one_kind_does_not_compile(name: str, kind: str) -> None:
    for number in range(20):
        source = policy.source(TASKS[name], kind, number)
        if kind == NOT_COMPILING:
            with pytest.raises(SyntaxError):
                compile(source, "fix.py", "exec")
        else:
            compile(source, "fix.py", "exec")


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in (HANGING, NOT_COMPILING)])
def test_a_kind_does_what_it_says(kind: str) -> None:
    task = TASKS["easy-1"]
    namespace: dict[str, object] = {}
    exec(policy.source(task, kind, 7), namespace)
    function, numbers = namespace[task.entry_point], [1, 2, 6]
    assert callable(function)
    if kind == RIGHT:
        assert function(numbers) == 3
    elif kind == policy.WRONG:
        assert function(numbers) == [3]
    else:
        with pytest.raises(NameError):
            function(numbers)
