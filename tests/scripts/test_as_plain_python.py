"""Every program of the corpus is graded as plain Python grades it: each test passes here exactly if it does there."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from codearena.v1 import executor_pb2
from executor_service import codec, reports
from executor_service.isolation.local import LocalIsolation
from executor_service.settings import Settings
from tests.executor_service import workloads
from tests.scripts import corpus, plain

CASES = corpus.cases()
LIMITS = workloads.limits(call_wall_s=10.0, attempt_wall_s=60.0)
LIMITS.value_bytes = 256 * 1024


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def isolation() -> AsyncIterator[LocalIsolation]:
    isolation = LocalIsolation(Settings())
    await isolation.start()
    yield isolation
    await isolation.close()


async def graded(
    isolation: LocalIsolation, case: corpus.Case, program: str, precedent: bytes | None
) -> tuple[dict[str, str], bytes]:
    """The verdicts, and what the script asked. precedent: what it asked of the reference; None: this is it."""
    call = workloads.script_call(case.script, entry_point=case.entry_point)
    if precedent is not None:
        call.test_script.precedent = precedent
    workload = workloads.workload(program, [call], bounds=LIMITS)
    sandbox = await isolation.create()
    try:
        report: executor_pb2.Report = reports.decode_report(
            await sandbox.run(codec.encode_workload(workload), 120), workload
        )
    finally:
        await sandbox.destroy()
    return workloads.script_verdicts(report), report.calls[0].precedent


def test_the_corpus_is_large_and_has_scripts_of_every_style() -> None:
    styles = {case.name.partition("/")[0] for case in CASES}
    assert len(CASES) >= 100
    assert styles == {"humaneval", "leetcode", "mbpp", "objects", "pytest", "unittest"}
    assert all(len(case.programs) >= 2 for case in CASES)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_a_program_is_graded_as_plain_python_grades_it(isolation: LocalIsolation, case: corpus.Case) -> None:
    ours, precedent = await graded(isolation, case, case.programs["right"], None)
    found = {"right": ours}
    others = [name for name in case.programs if name != "right"]
    all_graded = await asyncio.gather(*(graded(isolation, case, case.programs[name], precedent) for name in others))
    found |= {name: verdicts for name, (verdicts, _) in zip(others, all_graded, strict=True)}
    again, _ = await graded(isolation, case, case.programs["right"], precedent)
    expected = {name: plain.verdicts(case, program) for name, program in case.programs.items()}
    assert found == expected
    assert again == ours
    assert set(ours.values()) == {"passed"}, "the right program passes"
    assert all(set(expected[name].values()) != {"passed"} for name in others), "a wrong program fails a test"
