"""What the security analysis finds, in a confined worker: bandit is never imported elsewhere."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from codearena.confined import Limits, Workers
from judge_service.analysers.kinds import Analysis
from judge_service.analyses import WORK
from judge_service.answers import SECURITY, SecurityAnswer, read
from judge_service.settings import Settings

_LIMITS = Limits(cpu_s=10, wall_s=60, memory_bytes=2**29)
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def workers() -> AsyncIterator[Workers]:
    made = Workers(WORK, 1, start_s=60)
    await made.start()
    yield made
    await made.close()


async def _analyse(workers: Workers, source: str, limits: Limits = _LIMITS) -> SecurityAnswer:
    answer = read(SECURITY, (await workers.run(Analysis.SECURITY, source.encode(), limits)).answer)
    assert isinstance(answer, SecurityAnswer)
    return answer


async def _found(workers: Workers, source: str) -> list[tuple[str, str]]:
    return [(finding.rule, str(finding.severity)) for finding in (await _analyse(workers, source)).findings]


async def test_the_worst_comes_first(workers: Workers) -> None:
    found = await _found(workers, "import subprocess\neval(x)\nsubprocess.run(f'ping {x}', shell=True)\n")
    assert found == [("B602", "high"), ("B307", "medium"), ("B404", "low")]


async def test_a_hard_coded_password_is_high(workers: Workers) -> None:
    assert await _found(workers, "password = 'hunter2'\n") == [("B105", "high")]


async def test_a_credential_that_two_rules_see_is_one_finding(workers: Workers) -> None:
    assert await _found(workers, "TOKEN = 'sk-1234567890abcdef'\n") == [("CA101", "high")]


@pytest.mark.parametrize("source", ["if token == '':\n    pass\n", "TOKEN_VARIABLE = token = 'API_TOKEN'\n"])
async def test_an_empty_string_and_a_variables_name_are_no_password(workers: Workers, source: str) -> None:
    assert await _found(workers, source) == []


async def test_no_more_than_200_are_kept_and_all_are_counted(workers: Workers) -> None:
    answer = await _analyse(workers, "eval(x)\n" * 300)
    assert (answer.total, len(answer.findings)) == (300, 200)


@pytest.mark.parametrize(
    "line", ["import ctypes", "import os, ctypes.util", "from ctypes import CDLL as load", "import _posixsubprocess"]
)
async def test_a_way_past_pythons_own_functions_is_high(workers: Workers, line: str) -> None:
    assert await _found(workers, f"{line}\n") == [("CA102", "high")]


async def test_a_module_of_the_programs_own_is_no_way_past_anything(workers: Workers) -> None:
    assert await _found(workers, "from .ctypes import x\nimport ctypesque\n") == []


async def test_what_nests_is_analysed_within_the_limit(workers: Workers) -> None:
    limits = replace(_LIMITS, cpu_s=Settings().analysis_cpu_s)
    assert (await _analyse(workers, ("a" + ".b" * 300 + "\n") * 106, limits)).total == 0
