"""POST /fix over HTTP: what is chosen, what is not counted, whose failure it is."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import httpx

from codearena.errors import SandboxError
from gateway.repair import fixer
from gateway.settings import FixerModel, Settings
from tests.fakes import FakeExecutor, ScriptedLLM
from tests.gateway.conftest import Serve

MISSPELT = "right = lenght(values)\n"
"""Its only sure repair keeps the first word, which the executor's script takes for right."""


async def fix(api: httpx.AsyncClient, code: str, **more: object) -> httpx.Response:
    return await api.post("/fix", json={"code": code, **more})


async def test_without_a_task_the_likeliest_repair_is_the_answer(api: httpx.AsyncClient) -> None:
    answer = (await fix(api, "def f(xs)\n    return max(xs)\n")).json()
    assert answer["fixed_code"] == "def f(xs):\n    return max(xs)\n"
    assert (answer["method"], answer["success"]) == ("builtin", True)
    assert "colon" in answer["explanation"]


async def test_what_cannot_be_repaired_comes_back_as_it_was(api: httpx.AsyncClient) -> None:
    answer = (await fix(api, "wrong # the buggy code\n", task_id="easy-1")).json()
    assert (answer["fixed_code"], answer["method"], answer["success"]) == ("wrong # the buggy code\n", "none", False)


async def test_a_repair_is_tried_on_the_visible_tests_alone(api: httpx.AsyncClient, executor: FakeExecutor) -> None:
    await fix(api, "right(\n", task_id="easy-1")
    assert executor.attempts
    assert all(b"hidden-input" not in request.SerializeToString() for request in executor.attempts)


async def test_code_that_passes_slowly_is_measured_on_the_visible_tests_alone(
    api: httpx.AsyncClient, executor: FakeExecutor
) -> None:
    assert (await fix(api, "slow = lenght(values)\n", task_id="easy-1")).is_success
    measured = [request for request in executor.requests if request.workload.reference_source]
    assert measured
    assert all(b"hidden-input" not in request.SerializeToString() for request in measured)


async def test_no_step_is_counted(api: httpx.AsyncClient) -> None:
    await api.post("/reset", json={"task_id": "easy-1"})
    await fix(api, MISSPELT, task_id="easy-1")
    assert (await api.get("/state")).json()["step_count"] == 0


async def test_an_unknown_task_is_the_callers_mistake(api: httpx.AsyncClient) -> None:
    assert (await fix(api, MISSPELT, task_id="nowhere")).status_code == 404


async def test_a_failing_executor_is_ours(serve: Serve, settings: Settings, executor: FakeExecutor) -> None:
    api = await serve(settings.model_copy(update={"fixer_deadline_s": 1.0}))
    executor.fail["right"].extend(SandboxError("lost") for _ in range(1000))
    answer = await fix(api, MISSPELT, task_id="easy-1")
    assert answer.status_code == 503
    assert "Retry-After" in answer.headers


async def test_beyond_the_queue_the_caller_is_told_when_to_come_again(serve: Serve, settings: Settings) -> None:
    api = await serve(settings.model_copy(update={"fixer_concurrency": 1, "fixer_waiting": 0, "fixer_deadline_s": 5.0}))
    answers = [fix(api, "def f(xs)\n    return max(xs)\n") for _ in range(4)]
    statuses = sorted(answer.status_code for answer in await asyncio.gather(*answers))
    assert statuses[0] == 200
    assert statuses[-1] == 503


async def test_a_source_that_is_too_large_is_not_searched(serve: Serve, settings: Settings) -> None:
    api = await serve(settings.model_copy(update={"source_bytes": 8}))
    assert (await fix(api, MISSPELT)).json()["method"] == "none"


async def test_fixes_are_counted(api: httpx.AsyncClient) -> None:
    await fix(api, "def f(xs)\n    return max(xs)\n")
    assert 'codearena_gateway_fixes_total{link="builtin"}' in (await api.get("/metrics")).text


ANSWER = "Here:\n~~~py\ndef f(xs):\n    return max(xs)\n~~~\n"
BUGGY = "def f(xs)\n    return max(xs)\n"


@contextlib.asynccontextmanager
async def chain(serve: Serve, settings: Settings, *replies: tuple[int, str]) -> AsyncIterator[httpx.AsyncClient]:
    """A gateway whose fixer asks a model for each reply, named by its place."""
    async with contextlib.AsyncExitStack() as stack:
        links = []
        for number, reply in enumerate(replies):
            llm = await stack.enter_async_context(ScriptedLLM(lambda _, reply=reply: reply))
            links.append(FixerModel(name=f"link-{number}", model="m", base_url=llm.url, breaker_failures=1))
        yield await serve(settings.model_copy(update={"fixer_models": tuple(links)}))


async def test_the_first_model_whose_answer_parses_and_differs_is_the_method(serve: Serve, settings: Settings) -> None:
    replies = [(500, ""), (200, "def f(:"), (200, BUGGY), (200, ""), (200, ANSWER)]
    async with chain(serve, settings, *replies) as api:
        answer = (await fix(api, BUGGY)).json()
    assert (answer["method"], answer["fixed_code"]) == ("link-4", "def f(xs):\n    return max(xs)\n")


async def test_of_a_model_that_thinks_and_shows_how_to_call_it_the_fix_is_taken(
    serve: Serve, settings: Settings
) -> None:
    right, demo = "def echo(x):\n    return x\n", "def main():\n    print(echo(1))\n"
    fix_in_list = "- ```python\n  def echo(x):\n      return x\n  ```\n"
    reply = f"<think>\n```python\n{BUGGY}\n</think>\n{fix_in_list}\nTry it:\n```python\n{demo}```\n"
    async with chain(serve, settings, (200, reply)) as api:
        answer = (await fix(api, BUGGY, task_id="easy-1")).json()
    assert (answer["method"], answer["fixed_code"]) == ("link-0", right)


async def test_after_every_model_the_built_in_fixer_answers(serve: Serve, settings: Settings) -> None:
    async with chain(serve, settings, (429, ""), (200, "no idea what")) as api:
        assert (await fix(api, BUGGY)).json()["method"] == "builtin"


async def test_a_model_that_failed_is_passed_over(serve: Serve, settings: Settings) -> None:
    asked: list[str] = []

    def reply(_: object) -> tuple[int, str]:
        asked.append("")
        return 500, ""

    async with ScriptedLLM(reply) as llm:
        link = FixerModel(name="l", model="m", base_url=llm.url, breaker_failures=1)
        api = await serve(settings.model_copy(update={"fixer_models": (link,)}))
        assert [(await fix(api, BUGGY)).json()["method"] for _ in range(2)] == ["builtin", "builtin"]
    assert len(asked) == 1


async def test_a_model_that_hangs_costs_its_time_limit(serve: Serve, settings: Settings) -> None:
    async with ScriptedLLM(lambda _: (200, ANSWER)) as llm:
        llm.free.clear()
        link = FixerModel(name="l", model="m", base_url=llm.url, timeout_s=0.2)
        api = await serve(settings.model_copy(update={"fixer_models": (link,)}))
        assert (await fix(api, BUGGY)).json()["method"] == "builtin"


def test_the_prompt_asks_for_what_the_reward_says_is_missing() -> None:
    focuses = [fixer.focus(reward) for reward in (None, 0.39, 0.4, 0.69, 0.7, 0.99)]
    assert [focuses.index(each) for each in focuses] == [0, 0, 2, 2, 4, 4]
    assert "boom" in fixer.prompt(fixer.FixOrder("code()", "boom", 0.5, None))


def test_a_model_is_shown_the_hint() -> None:
    assert "look at n" in fixer.prompt(fixer.FixOrder("code()", "boom", 0.5, None, "look at n"))


async def test_a_model_is_shown_what_the_agent_remembers_where_it_asks_for_it(serve: Serve, settings: Settings) -> None:
    async with ScriptedLLM(lambda _: (200, "```python\nright = 1\n```")) as llm:
        api = await serve(
            settings.model_copy(update={"fixer_models": (FixerModel(name="a", model="m", base_url=llm.url),)})
        )
        await api.post("/reset", json={"task_id": "easy-1", "agent_id": "a"})
        for source in ("wrong = 0 # before", "right = 0 # the best"):
            await api.post("/step", json={"proposed_fix": source, "agent_id": "a"})
        for more in ({"use_memory": True}, {"use_memory": False}, {"use_memory": True, "agent_id": "b"}):
            await fix(api, MISSPELT, task_id="easy-1", **{"agent_id": "a", **more})
        shown = [request["messages"][-1]["content"] for request in llm.requests]
        assert ["# the best" in text for text in shown] == [True, False, False]
        assert ["How attempts failed before" in text for text in shown] == [True, False, False]


async def test_an_agent_in_evaluation_has_no_memory_to_fix_by(api: httpx.AsyncClient) -> None:
    answer = await fix(api, MISSPELT, task_id="easy-1", agent_id="eval-1", use_memory=True)
    assert answer.status_code == 422
