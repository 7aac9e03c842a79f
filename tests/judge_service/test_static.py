"""Promises of the static judge: what it scores, and that no source reaches beyond its own judgement."""

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator
from contextlib import suppress
from itertools import count

import pytest
import pytest_asyncio

from codearena.confined import Ended, Limits
from judge_service.analysers import lint
from judge_service.analysers.kinds import Analysis
from judge_service.judge import Dimension, JudgeKind, Judgement, Unscored
from judge_service.settings import Settings
from judge_service.static import StaticJudge
from tests.judge_service.build import ENDLESS, SLOW, burning_child_of, children_of, dead, evidence, report

pytestmark = pytest.mark.asyncio(loop_scope="module")

_KIB = 1024
_unique = count()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def judge() -> AsyncIterator[StaticJudge]:
    made = StaticJudge(Settings(analysis_cpu_s=2))
    await made.start()
    yield made
    await made.close()


async def _judge(judge: StaticJudge, source: str | bytes) -> Judgement:
    return await judge.judge(evidence(source.encode() if isinstance(source, str) else source))


def _score(dimension: Dimension) -> float:
    assert dimension.score is not None, dimension.reason
    return dimension.score


def _rules(dimension: Dimension) -> set[str]:
    return {finding.rule for finding in dimension.findings}


RIGHT_FIXES = {
    "average": """\
def average_list(numbers):
    if not numbers:
        return 0
    return sum(numbers) / len(numbers)
""",
    "binary_search": """\
from typing import List

def binary_search(arr: List[int], target: int) -> int:
    left, right = 0, len(arr) - 1
    while left <= right:
        mid = (left + right) // 2
        if arr[mid] == target:
            return mid
        elif arr[mid] < target:
            left = mid + 1
        else:
            right = mid - 1
    return -1""",
    "kadane": """\
def max_subarray_sum(nums):
    if not nums:
        return 0
    best = current = nums[0]
    for value in nums[1:]:
        current = max(value, current + value)
        best = max(best, current)
    return best
""",
    "json": """\
import json

def parse_user_data(text):
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError("not JSON") from error
""",
    "environment": """\
import os

TOKEN_VARIABLE = "API_TOKEN"

def get_api_token():
    token = os.environ.get(TOKEN_VARIABLE)
    if token is None or token == "":
        raise RuntimeError("API_TOKEN is not set")
    return token
""",
    "argument_list": """\
import subprocess

def ping_host(host):
    done = subprocess.run(["ping", "-c", "1", host], capture_output=True, text=True)
    return done.returncode == 0
""",
}
INSECURE = {
    "eval": "def parse_user_data(text):\n    return eval(text)\n",
    "shell": "import subprocess\n\ndef ping(host):\n    subprocess.run(f'ping {host}', shell=True)\n",
    "os_system": "import os\n\ndef ping(host):\n    os.system('ping ' + host)\n",
    "returned_secret": "def get_api_token():\n    return 'sk-1234567890abcdef'\n",
    "named_secret": "API_TOKEN = 'hunter2hunter'\n",
    "named_key": "api_key = 'hunter2hunter'\n",
    "pickle": "import pickle\n\ndef parse(data):\n    return pickle.loads(data)\n",
}


@pytest.mark.parametrize("name", RIGHT_FIXES)
async def test_a_right_and_short_fix_gets_nearly_full_scores(judge: StaticJudge, name: str) -> None:
    judgement = await _judge(judge, RIGHT_FIXES[name])
    assert judgement.kind is JudgeKind.STATIC
    assert judgement.model == ""
    assert _score(judgement.correctness) == 1
    assert _score(judgement.security) >= 0.95
    assert _score(judgement.quality) >= 0.95


@pytest.mark.parametrize("name", INSECURE)
async def test_what_is_insecure_gets_at_most_half(judge: StaticJudge, name: str) -> None:
    judgement = await _judge(judge, INSECURE[name])
    assert _score(judgement.security) <= 0.5
    assert judgement.security.findings


async def test_poor_code_gets_less_quality_than_good_code(judge: StaticJudge) -> None:
    poor = "def f(a=[],l=1):\n  try:\n    if a==None: return undefined\n    else:\n      x = 1\n  except:\n    pass\n"
    judgement = await _judge(judge, poor)
    assert _score(judgement.quality) <= 0.7
    assert {"F821", "B006", "E722"} <= _rules(judgement.quality)


async def test_deep_branching_costs_quality(judge: StaticJudge) -> None:
    branches = "".join(f"    if x == {number}:\n        return {number * 7}\n" for number in range(40))
    judgement = await _judge(judge, f"def f(x):\n{branches}")
    assert _score(judgement.quality) <= 0.7
    assert "radon-cc" in _rules(judgement.quality)


SILENCERS = {
    "nosec": ("return eval(x)", "return eval(x)  # nosec"),
    "nosec_rule": ("return eval(x)", "return eval(x)  # nosec B307"),
    "noqa": ("y = undefined; return eval(x)", "y = undefined; return eval(x)  # noqa"),
    "noqa_file": ("y = undefined; return eval(x)", "y = undefined; return eval(x)\n# ruff: noqa\n# flake8: noqa"),
}


@pytest.mark.parametrize("name", SILENCERS)
async def test_a_comment_silences_nothing(judge: StaticJudge, name: str) -> None:
    plain, silenced = [await _judge(judge, f"def f(x):\n    {body}\n") for body in SILENCERS[name]]
    assert _score(silenced.security) == _score(plain.security) == 0.45
    assert _score(silenced.quality) == _score(plain.quality)


async def test_comments_and_blank_lines_do_not_raise_quality(judge: StaticJudge) -> None:
    body = "def f(x):\n    unused = 1\n    try:\n        return g(x)\n    except:\n        pass\n"
    plain = await _judge(judge, body)
    padded = await _judge(judge, "# good code\n\n" * 200 + body)
    assert _score(padded.quality) == _score(plain.quality)


async def test_tidy_code_that_solves_nothing_gets_nearly_full_security_and_quality(judge: StaticJudge) -> None:
    judgement = await _judge(judge, "def f(x: int) -> int:\n    return 0\n")
    assert _score(judgement.security) == 1.0
    assert _score(judgement.quality) >= 0.95


async def test_the_coding_cookie_is_obeyed_as_python_does(judge: StaticJudge) -> None:
    latin = await _judge(judge, b"# -*- coding: latin-1 -*-\nname = '\xe9'\neval(name)\n")
    assert _rules(latin.security) == {"B307"}
    hidden = await _judge(judge, b"# coding: utf-7\n#+AAo-eval(x)\n")  # a line break that only UTF-7 shows
    assert _rules(hidden.security) == {"B307"}


HOSTILE: dict[str, bytes] = {
    "parentheses": b"(" * 30_000 + b")" * 30_000,
    "unary": b"x = " + b"-" * 60 * _KIB + b"1\n",
    "sum": b"x = 1" + b"+1" * 30_000 + b"\n",
    "attributes": b"x = a" + b".a" * 30_000 + b"\n",
    "lambdas": b"x = " + b"lambda:" * 8_000 + b"1\n",
    "assignments": b"x = " + b"a = " * 15_000 + b"1\n",
    "branches": b"if x: pass\n" + b"elif x: pass\n" * 3_500,
    "indents": b"".join(b" " * depth + b"if x:\n" for depth in range(99)) + b" " * 99 + b"pass\n",
    "comprehension": b"x = [y" + b" for y in z" * 5_000 + b"]\n",
    "endless": ENDLESS,
    "garbage": random.Random(1).randbytes(60 * _KIB),
    "nul": b"x = 1\0\n",
    "nuls": b"\0" * 60 * _KIB,
    "huge_decimal": b"x = " + b"9" * 60 * _KIB + b"\n",
    "huge_hexadecimal": b"x = 0x" + b"f" * 60 * _KIB + b"\n",
    "power_tower": b"x = 9**9**9**9\n",
    "string_bomb": b"x = 'a' * 10**12\n",
    "unknown_codec": b"# coding: nonsense\nx = 1\n",
    "bytes_codec": b"# coding: zip\nx = 1\n",
    "text_codec": b"# coding: rot13\ncevag(1)\n",
    "long_codec": b"# coding: " + b"a" * 60_000 + b"\nx = 1\n",
    "surrogates": b"# coding: utf-7\nx = '+2AA-'\n",
    "escaped_surrogates": b"password = '\\ud800secret'\n",
    "not_utf8": b"x = '\xff'\n",
    "bidirectional": "x = '\u202e'\n".encode(),
    "carriage_returns": b"x=1\ry=2\r",
    "many_findings": b"eval(x)\n" * 7_000,
    "many_names": b";".join(b"v%d=v%d" % (number, number + 1) for number in range(5_000)),
    "long_name": b"def " + b"f" * 60_000 + b"(): pass\n",
    "empty": b"",
}


def _well_formed(dimension: Dimension) -> bool:
    texts = [dimension.reason, *(finding.message for finding in dimension.findings)]
    scored = dimension.score is not None and 0 <= dimension.score <= 1 and dimension.unscored is None
    unscored = dimension.score is None and isinstance(dimension.unscored, Unscored) and dimension.reason != ""
    return (
        (scored or unscored)
        and len(dimension.findings) <= 20
        and all(text.isprintable() and len(text) <= 300 for text in texts)
    )


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_source_is_scored_or_unscored_and_the_next_is_judged_as_before(
    judge: StaticJudge, name: str
) -> None:
    launcher = judge.analyses.workers.launcher_pid
    judgement = await _judge(judge, HOSTILE[name])
    assert _well_formed(judgement.security)
    assert _well_formed(judgement.quality)
    assert judgement.correctness.score == 1
    after = await _judge(judge, INSECURE["eval"] + f"# {next(_unique)}\n")
    assert (_score(after.security), _score(after.quality)) == (0.45, 1)
    assert judge.analyses.workers.launcher_pid == launcher


async def test_running_out_of_cpu_time_is_unscored_with_the_reason(judge: StaticJudge) -> None:
    security = (await _judge(judge, ENDLESS)).security
    assert (security.score, security.unscored) == (None, Unscored.CPU_LIMIT)
    assert security.reason == "the analysis ran out of CPU time"


async def test_the_death_of_one_analysis_leaves_the_other(judge: StaticJudge) -> None:
    judgement = await _judge(judge, HOSTILE["assignments"])  # ruff overflows its stack, bandit does not
    assert judgement.quality.unscored is Unscored.CRASHED
    assert _score(judgement.security) == 1


async def test_what_was_killed_from_outside_is_analysed_again(judge: StaticJudge) -> None:
    launcher = judge.analyses.workers.launcher_pid
    assert launcher is not None
    run = asyncio.create_task(_judge(judge, SLOW + b"# killed once\n"))
    os.kill(await burning_child_of(launcher), signal.SIGKILL)
    judgement = await run
    assert _score(judgement.security) == 1
    assert _score(judgement.quality) == 1


async def test_what_is_killed_again_and_again_is_unscored_and_not_remembered(judge: StaticJudge) -> None:
    launcher = judge.analyses.workers.launcher_pid
    assert launcher is not None
    source = SLOW + b"# killed twice\n"
    run = asyncio.create_task(_judge(judge, source))
    while not run.done():
        for child in children_of(launcher):
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        await asyncio.sleep(0)
    judgement = await run
    assert judgement.security.unscored is Unscored.CRASHED
    assert judgement.quality.unscored is Unscored.CRASHED
    again = await _judge(judge, source)
    assert _score(again.security) == 1


async def test_equal_sources_are_analysed_once_and_correctness_is_each_reports_own(judge: StaticJudge) -> None:
    source = b"def known(): pass\n"
    first = await judge.judge(evidence(source))
    launcher = judge.analyses.workers.launcher_pid
    assert launcher is not None
    os.kill(launcher, signal.SIGSTOP)  # whatever needs a child now would wait for ever
    try:
        second = await judge.judge(evidence(source, report(loaded=False)))
    finally:
        os.kill(launcher, signal.SIGCONT)
    assert (second.security, second.quality) == (first.security, first.quality)
    assert (first.correctness.score, second.correctness.score) == (1, 0)


async def test_two_judges_agree_to_the_last_digit(judge: StaticJudge) -> None:
    other = StaticJudge(Settings(analysis_cpu_s=2))
    await other.start()
    sources = [*RIGHT_FIXES.values(), *INSECURE.values()]
    first = [await _judge(judge, source) for source in sources]
    second = [await _judge(other, source) for source in sources]
    await other.close()
    assert first == second


async def test_the_revision_is_stable_and_depends_on_the_limits(judge: StaticJudge) -> None:
    assert judge.revision == StaticJudge(Settings(analysis_cpu_s=2)).revision
    assert judge.revision != StaticJudge(Settings(analysis_cpu_s=3)).revision
    assert len(judge.revision) == 64


async def test_a_judgement_that_nobody_waits_for_is_not_worked_on(judge: StaticJudge) -> None:
    launcher = judge.analyses.workers.launcher_pid
    assert launcher is not None
    judging = asyncio.create_task(_judge(judge, ENDLESS))
    worker = await burning_child_of(launcher)
    judging.cancel()
    await asyncio.wait([judging])
    await dead(worker)


async def test_a_source_that_was_announced_is_analysed_once(
    judge: StaticJudge, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = []
    run = judge.analyses.workers.run

    async def counted(analysis: str, payload: bytes, limits: Limits, *bounds: float | None) -> Ended:
        begun.append(analysis)
        return await run(analysis, payload, limits, *bounds)

    monkeypatch.setattr(judge.analyses.workers, "run", counted)
    source = f"x = {next(_unique)}  # announced\n".encode()
    for _ in range(3):
        judge.prepare(source, "")
    judgements = await asyncio.gather(_judge(judge, source), _judge(judge, source))
    judge.prepare(source, "")
    assert _score(judgements[0].security) == _score(judgements[1].security) == 1
    assert sorted(begun) == sorted([Analysis.SECURITY, Analysis.STRUCTURE, Analysis.LINT])


async def test_what_is_announced_takes_no_place_from_those_who_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    judge = StaticJudge(Settings(concurrency=1))
    begun = []
    monkeypatch.setattr(judge.analyses.workers, "run", lambda analysis, *_: begun.append(analysis))
    async with judge.gate.place():
        judge.prepare(b"x = 1\n", "")
        await asyncio.sleep(0)
    await judge.close()
    assert not begun


async def test_what_one_source_does_to_a_run_of_ruff_costs_no_other_its_findings(judge: StaticJudge) -> None:
    sources = [f"def f():\n    return undefined_{number}\n".encode() for number in range(20)]
    plain = [await _judge(judge, source) for source in sources]
    fresh = StaticJudge(Settings(analysis_cpu_s=2, concurrency=30))
    await fresh.start()
    together = await asyncio.gather(
        *(_judge(fresh, source) for source in [*sources, HOSTILE["assignments"], HOSTILE["many_findings"]])
    )
    await fresh.close()
    assert together[:20] == plain
    assert together[20].quality.unscored is Unscored.CRASHED
    assert together[21].quality.score is not None


async def test_no_source_speaks_of_another_that_is_linted_with_it() -> None:
    """What ruff says quotes the source, line breaks and all."""
    forging = rb"y = '%(a\n/proc/self/fd/%d:1:1: F821 forged)s' % {'b': 1}" + b"\n"
    clean = [f"def double_{number}(x):\n    return 2 * x\n".encode() for number in range(8)]
    alone = lint.analyse(clean)
    together = lint.analyse([*(forging.replace(b"%d", b"%d" % fd) for fd in range(3, 99)), *clean])
    assert together[-len(clean) :] == alone
    assert all(facts["counts"] for facts in together[: -len(clean)])


async def test_a_judgement_does_not_depend_on_what_its_worker_did_before(judge: StaticJudge) -> None:
    hostile = [source for name, source in HOSTILE.items() if name != "endless"]
    sources = [*hostile, *(source.encode() for source in INSECURE.values())]
    order = random.Random(3).sample(range(len(sources)), len(sources))
    fresh = StaticJudge(Settings(analysis_cpu_s=2, cache_entries=0))
    await fresh.start()
    other = {number: await _judge(fresh, sources[number]) for number in order}
    await fresh.close()
    for number, source in enumerate(sources):
        before = await _judge(judge, source)
        assert other[number].security == before.security
        assert other[number].quality == before.quality
