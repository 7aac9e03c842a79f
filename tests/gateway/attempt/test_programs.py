"""Tests of a program: what its sandbox is given, and what the grader alone gets to know."""

from typing import Any

import pytest

from codearena.errors import ServiceError
from codearena.tasks.task import Task, TaskLimits
from codearena.v1 import common_pb2, executor_pb2, grader_pb2, store_pb2
from gateway.attempt.briefs import BriefMaker
from gateway.attempt.draws import Draws
from gateway.attempt.limits import AttemptLimits
from gateway.attempt.programs import limits_of
from gateway.settings import Settings

KIB, MIB = 1024, 1024 * 1024
CASES = "def lines(rng):\n    return {'stdin': str(rng.getrandbits(60)), 'arguments': ['-n']}\n"
TESTS: list[dict[str, Any]] = [
    {"name": "name-hidden", "stdin": "in-2", "answers": ["answer-2", "answer-3"]},
    {"name": "name-visible", "stdin": "in-1", "arguments": ["-x", "a b"], "stdout": "answer-1", "visible": True},
    {
        "name": "name-bytes",
        "stdin": b"\xff",
        "stdout": b"\xfe",
        "limits": {"call_cpu_s": 1.5, "memory_bytes": 64 * MIB},
    },
]
DRAWN = {"name": "name-drawn", "stdin": "in-3", "make": "lines"}


def task_of(*tests: dict[str, Any], **program: Any) -> Task:
    return Task.model_validate(
        {
            "id": "p-1",
            "description": "D",
            "buggy": "print(1)\n",
            "solution": "print(2)\n",
            "cases": CASES,
            "checker": "def check(stdin, answer, output): return 'checker-secret'",
            "hints": ["hint-secret"],
            "program": {**program, "tests": list(tests) or TESTS},
        }
    )


async def test_a_sandbox_gets_inputs_alone_and_those_of_visible_tests_first() -> None:
    brief = BriefMaker(task_of()).brief
    runs = [(call.script.stdin, list(call.script.arguments)) for call in brief.workload.calls]
    assert runs == [(b"in-1", ["-x", "a b"]), (b"in-2", []), (b"\xff", [])]
    for workload in (brief.workload, brief.measurement):
        said = workload.SerializeToString()
        assert not any(secret in said for secret in (b"answer-", b"name-", b"secret", b"\xfe"))


async def test_the_grader_gets_every_answer_and_an_agent_what_is_visible() -> None:
    tests = BriefMaker(task_of()).brief.expectations.tests
    assert [list(test.output.answers) for test in tests] == [[b"answer-1"], [b"answer-2", b"answer-3"], [b"\xfe"]]
    assert [test.input for test in tests] == ["arguments: -x 'a b'\nin-1", "", ""]
    assert {test.compare for test in tests} == {grader_pb2.COMPARE_TOKENS}
    assert not any(test.output.stdin for test in tests)  # only a checker asks for it


async def test_a_checker_is_told_what_the_program_was_given() -> None:
    tests = BriefMaker(task_of(compare="custom")).brief.expectations.tests
    assert [test.output.stdin for test in tests] == [b"in-1", b"in-2", b"\xff"]


async def test_tolerance_and_case_go_to_the_grader() -> None:
    program = {"compare": "numbers", "tolerance": {"relative": 0, "absolute": 0.5}, "ignore_case": True}
    test = BriefMaker(task_of(**program)).brief.expectations.tests[0]
    assert (test.compare, test.output.ignore_case) == (grader_pb2.COMPARE_APPROX, True)
    assert (test.tolerance.relative, test.tolerance.absolute) == (0.0, 0.5)


async def test_limits_of_a_test_are_those_of_its_run() -> None:
    calls = BriefMaker(task_of()).brief.workload.calls
    assert [call.script.HasField("limits") for call in calls] == [False, False, True]
    limits = calls[2].script.limits
    assert (limits.call_cpu.ToMilliseconds(), limits.HasField("call_wall"), limits.memory_bytes) == (
        1500,
        False,
        64 * MIB,
    )


@pytest.mark.parametrize(
    ("answer_bytes", "room"), [(1, 64 * KIB), (32 * KIB, 64 * KIB), (33 * KIB, 256 * KIB), (4 * MIB, 8 * MIB)]
)
async def test_an_output_has_room_for_twice_the_largest_answer_in_steps(answer_bytes: int, room: int) -> None:
    task = task_of({"name": "t", "stdout": "x" * answer_bytes})
    assert limits_of(task).output_bytes == room
    assert limits_of(task).model_copy(update={"output_bytes": TaskLimits().output_bytes}) == task.limits


async def test_what_the_author_says_of_the_output_is_the_least() -> None:
    task = task_of().model_copy(update={"limits": TaskLimits(output_bytes=MIB)})
    assert limits_of(task).output_bytes == MIB


async def test_an_attempt_is_kept_as_much_of_as_the_reference() -> None:
    task, asked = task_of(), []

    async def run(workload: executor_pb2.Workload) -> executor_pb2.Report:
        asked.append(workload)
        return executor_pb2.Report(status=executor_pb2.ATTEMPT_STATUS_RAN)

    limits = await AttemptLimits(task, BriefMaker(task).calls, Settings()).get("", run)
    assert limits.output_bytes == asked[0].limits.output_bytes == 64 * KIB


async def test_what_is_stored_of_a_task_has_no_large_inputs() -> None:
    task = task_of({"name": "t", "stdin": "x" * MIB, "stdout": "y"}, {"name": "u", "stdin": "z", "stdout": "y"})
    brief = BriefMaker(task).brief
    assert len(brief.basis) < 1000
    assert [call.script.stdin for call in store_pb2.Basis.FromString(brief.basis).calls] == [b"", b"z"]
    assert len(brief.workload.calls[0].script.stdin) == MIB


def answering(**outcome: Any) -> Any:
    """A reference that prints its input, or what else there is."""

    async def run(workload: executor_pb2.Workload) -> executor_pb2.Report:
        calls = [
            common_pb2.CallOutcome(
                **{
                    "call_id": call.call_id,
                    "status": common_pb2.CALL_STATUS_RETURNED,
                    "stdout": common_pb2.Output(head=call.script.stdin),
                    **outcome,
                }
            )
            for call in workload.calls
        ]
        return executor_pb2.Report(status=executor_pb2.ATTEMPT_STATUS_RAN, calls=calls)

    return run


async def test_a_drawn_input_has_the_answer_that_the_reference_prints() -> None:
    task = task_of(*TESTS, DRAWN, compare="custom")
    maker, draws, seen = BriefMaker(task), Draws(task, b"secret", 8), set()
    for step in range(1, 9):
        brief = await draws.drawn(maker.brief, "episode:a", step, answering())
        (test,) = [test for test in brief.expectations.tests if test.name == "name-drawn"]
        (call,) = [call for call in brief.workload.calls if call.call_id == test.call_id]
        assert list(call.script.arguments) == ["-n"]
        assert list(test.output.answers) == [test.output.stdin] == [call.script.stdin]
        seen.add(call.script.stdin)
    assert len(seen) == 8
    assert "name-drawn" not in {test.name for test in maker.given().expectations.tests}


@pytest.mark.parametrize(
    "outcome",
    [
        {"exit_status": 1},
        {"status": common_pb2.CALL_STATUS_TIME_LIMIT},
        {"stdout": common_pb2.Output(head=b"1", truncated=True, total_bytes=9)},
    ],
    ids=["status", "limit", "cut"],
)
async def test_a_reference_that_fails_at_a_drawn_input_is_our_failure(outcome: dict[str, Any]) -> None:
    task = task_of(DRAWN)
    with pytest.raises(ServiceError, match="reference of p-1"):
        await Draws(task, b"secret", 8).drawn(BriefMaker(task).brief, "a", 1, answering(**outcome))


@pytest.mark.parametrize(
    "made", ["7", "{'stdin': 7}", "(1, 2)", "{'stdin': '', 'arguments': 'ab', 'more': 1} if 0 else 1 / 0"]
)
async def test_a_generator_that_makes_no_input_is_our_failure(made: str) -> None:
    task = task_of(DRAWN).model_copy(update={"cases": f"def lines(rng):\n    return {made}\n"})
    with pytest.raises(ServiceError, match=r"lines of p-1 (failed|made no inputs)") as failed:
        await Draws(task, b"secret", 8).drawn(BriefMaker(task).brief, "a", 1, answering())
    assert "input_value" not in failed.value.detail
