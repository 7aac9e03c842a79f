"""Which rules are kept while a source runs. That they are: tests/conformance/test_rules.py."""

import pytest

from codearena.tasks.verify import CALLS_KEPT_AT_RUN_TIME
from executor_service.runner.attempt.rules import events_of
from judge_service.analysis.checks import RULES


def test_what_authors_are_told_is_kept_at_run_time_is() -> None:
    for call in CALLS_KEPT_AT_RUN_TIME:
        assert list(events_of([{"rule": "forbid_call", "argument": call}]).values()) == [[0]]


@pytest.mark.parametrize("call", ["open", "subprocess.run", "os.fork", "pickle.loads", "ast.literal_eval"])
def test_nothing_else_is(call: str) -> None:
    assert events_of([{"rule": "forbid_call", "argument": call}]) == {}


@pytest.mark.parametrize("rule", RULES.keys() - {"forbid_call"})
def test_no_other_rule_is(rule: str) -> None:
    assert events_of([{"rule": rule, "argument": "eval"}]) == {}


def test_an_event_knows_all_the_checks_that_it_breaks() -> None:
    calls = ["len", "exec", "os.system", "eval"]
    assert list(events_of([{"rule": "forbid_call", "argument": call} for call in calls]).values()) == [[1, 3], [2]]
