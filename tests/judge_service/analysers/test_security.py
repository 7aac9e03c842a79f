"""What the security analysis finds, in its limited child: bandit is never imported elsewhere."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from judge_service.analysers.protocol import Analysis
from judge_service.answers import SecurityAnswer, read_security
from judge_service.children import ChildLimits, Children
from judge_service.settings import Settings

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def children() -> AsyncIterator[Children]:
    made = Children(ChildLimits(cpu_s=10, wall_s=60, memory_bytes=2**29), start_s=60)
    await made.start()
    yield made
    await made.close()


async def _analyse(children: Children, source: str) -> SecurityAnswer:
    answer = read_security((await children.run(Analysis.SECURITY, source.encode())).answer)
    assert isinstance(answer, SecurityAnswer)
    return answer


async def _found(children: Children, source: str) -> list[tuple[str, str]]:
    return [(finding.rule, str(finding.severity)) for finding in (await _analyse(children, source)).findings]


async def test_the_worst_comes_first(children: Children) -> None:
    found = await _found(children, "import subprocess\neval(x)\nsubprocess.run(f'ping {x}', shell=True)\n")
    assert found == [("B602", "high"), ("B307", "medium"), ("B404", "low")]


async def test_a_hard_coded_password_is_high(children: Children) -> None:
    assert await _found(children, "password = 'hunter2'\n") == [("B105", "high")]


async def test_a_credential_that_two_rules_see_is_one_finding(children: Children) -> None:
    assert await _found(children, "TOKEN = 'sk-1234567890abcdef'\n") == [("CA101", "high")]


@pytest.mark.parametrize("source", ["if token == '':\n    pass\n", "TOKEN_VARIABLE = token = 'API_TOKEN'\n"])
async def test_an_empty_string_and_a_variables_name_are_no_password(children: Children, source: str) -> None:
    assert await _found(children, source) == []


async def test_no_more_than_200_are_kept_and_all_are_counted(children: Children) -> None:
    answer = await _analyse(children, "eval(x)\n" * 300)
    assert (answer.total, len(answer.findings)) == (300, 200)


@pytest.mark.parametrize(
    "line", ["import ctypes", "import os, ctypes.util", "from ctypes import CDLL as load", "import _posixsubprocess"]
)
async def test_a_way_past_pythons_own_functions_is_high(children: Children, line: str) -> None:
    assert await _found(children, f"{line}\n") == [("CA102", "high")]


async def test_a_module_of_the_programs_own_is_no_way_past_anything(children: Children) -> None:
    assert await _found(children, "from .ctypes import x\nimport ctypesque\n") == []


async def test_what_nests_is_analysed_within_the_limit() -> None:
    limits = ChildLimits(cpu_s=Settings().analysis_cpu_s, wall_s=60, memory_bytes=2**29)
    strict = Children(limits, start_s=60)
    await strict.start()
    try:
        assert (await _analyse(strict, ("a" + ".b" * 300 + "\n") * 106)).total == 0
    finally:
        await strict.close()
