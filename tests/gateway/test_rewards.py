"""Reward functions of codearena.integrations.trl, as trainers call them, and without TRL itself."""

import asyncio
import copy
import json
import logging
import pickle
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from codearena.errors import InvalidRequestError, SandboxError, UnknownTaskError, UnreachableError
from codearena.integrations.trl import COMPONENTS, CodeArenaEnvironment, Rewards, sharing, text_of
from codearena.integrations.trl.groups import group_id, run_id_of
from codearena.models import TaskDetail
from codearena.outcomes import Outcome
from codearena.retry import RetryPolicy
from codearena.sdk.client import CodeArena
from gateway.settings import Settings
from tests.fakes import RIGHT, WRONG, FakeExecutor
from tests.gateway.catalogue.records import record
from tests.gateway.conftest import Serve
from tests.gateway.test_same_source import _draws_inputs, _of_callers
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
TASK = "easy-1"


@pytest.fixture(autouse=True)
def one_try(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Connections of this test's own, which do not wait for what is down; a gateway in this process does as ever."""

    async def at_once(*_: object) -> None:
        pass

    monkeypatch.setattr(RetryPolicy, "pause", at_once)
    monkeypatch.setattr(sharing, "_clients", {})
    yield
    for client in sharing._clients.values():
        client.close()


def at(step: int) -> Any:
    """A trainer's state, of which nothing else is read."""
    return SimpleNamespace(global_step=step)


def call(function: Callable[..., list[float | None]], *sources: Any, **columns: Any) -> list[float | None]:
    completions = [fenced(source) if isinstance(source, str) else source for source in sources]
    return function(completions=completions, **{"task_id": [TASK] * len(sources)} | columns)


def fenced(source: str) -> str:
    """As a completion; one that is none of FakeExecutor's sources is a completion already."""
    return f"```python\n{source}\n```\n" if source and "```" not in source else source


async def called(function: Callable[..., list[float | None]], *sources: Any, **columns: Any) -> list[float | None]:
    return await asyncio.to_thread(call, function, *sources, **columns)


async def _process(*arguments: str) -> Any:
    """What a process of a trainer prints: see ranks.py."""
    command = (sys.executable, "-m", "tests.gateway.ranks", *arguments)
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    output, _ = await process.communicate()
    assert process.returncode == 0
    return json.loads(output)


async def _ranks(urls: list[str], step: str) -> list[list[float | None]]:
    """What each of three ranks gets, in processes of their own."""
    return await asyncio.gather(*(_process(urls[rank % len(urls)], step, str(rank)) for rank in range(3)))


async def test_a_group_spread_over_ranks_gets_one_draw_and_each_answer_one_reward(
    serve: Serve, settings: Settings, tasks_dir: Path, executor: FakeExecutor
) -> None:
    _draws_inputs(tasks_dir)
    shared = settings.model_copy(update={"cases_secret": SecretStr("the gateways'")})
    urls = [str((await serve(shared)).base_url) for _ in range(2)]
    draws = []
    for step in ("1", "2"):
        before = len(_of_callers(executor))
        rewards = await _ranks(urls, step)
        assert rewards[0] == rewards[1] == rewards[2]
        assert None not in rewards[0]
        attempts = _of_callers(executor)[before:]
        # What all ranks have is one attempt, or two if both gateways were at it at once; of the others each has one.
        assert len(attempts) in (4, 5)
        [inputs] = {tuple(each.SerializeToString() for each in attempt.workload.calls) for attempt in attempts}
        draws.append(inputs)
    assert draws[0] != draws[1]


async def test_ranks_of_a_trainer_that_tells_no_step_get_one_reward_too(
    serve: Serve, settings: Settings, tasks_dir: Path
) -> None:
    _draws_inputs(tasks_dir)
    rewards = await _ranks([str((await serve(settings)).base_url)], "none")
    assert rewards[0] == rewards[1] == rewards[2]
    assert None not in rewards[0]


def test_a_groups_id_is_the_steps_the_prompts_the_tasks_and_the_runs() -> None:
    prompt = [{"role": "user", "content": "repair it"}]
    same = {group_id("run", 1, prompt, TASK), group_id("run", 1, [{"content": "repair it", "role": "user"}], TASK)}
    assert len(same) == 1
    others = [
        group_id("run", 2, prompt, TASK),
        group_id("run", None, prompt, TASK),
        group_id("run", 1, "repair it", TASK),
        group_id("run", 1, prompt, "easy-2"),
        group_id("other", 1, prompt, TASK),
        group_id("run", 1, None, TASK),
    ]
    assert len(same | set(others)) == 1 + len(others)
    pictures = [[{"role": "user", "content": [{"type": "image", "image": threading.Lock()}]}] for _ in range(2)]
    assert group_id("run", 1, pictures[0], TASK) == group_id("run", 1, pictures[1], TASK)
    assert group_id("run", 1, "\ud800", TASK)


def test_a_run_is_named_by_what_all_its_ranks_share() -> None:
    torchrun = {"TORCHELASTIC_RUN_ID": "none", "MASTER_PORT": "29500", "RANK": "0", "MASTER_ADDR": "127.0.0.1"}
    assert run_id_of(torchrun) == run_id_of(torchrun | {"RANK": "1", "MASTER_ADDR": "node-0"})
    assert run_id_of(torchrun) != run_id_of(torchrun | {"MASTER_PORT": "29501"})
    assert run_id_of(torchrun) != run_id_of(torchrun | {"TORCHELASTIC_RUN_ID": "mine"})
    assert run_id_of(torchrun | {"CODEARENA_RUN_ID": "mine"}) == run_id_of({"CODEARENA_RUN_ID": "mine"})
    assert run_id_of({}) == ""


async def test_functions_pickle_keep_their_names_and_share_one_grading(
    api: httpx.AsyncClient, executor: FakeExecutor
) -> None:
    rewards = Rewards(str(api.base_url))
    assert [function.__name__ for function in rewards.functions()] == ["codearena_reward", *COMPONENTS]
    copies = [pickle.loads(pickle.dumps(function)) for function in rewards.functions()]
    copies += copy.deepcopy(rewards.functions())
    assert [function.__name__ for function in copies] == ["codearena_reward", *COMPONENTS] * 2
    # As AsyncGRPOTrainer calls them: all at once, each in a thread.
    values = await asyncio.gather(*(called(function, RIGHT, WRONG) for function in copies))
    assert values[:7] == values[7:]
    assert len(executor.attempts) == 2


async def test_the_same_batch_at_once_from_threads_and_event_loops_is_one_grading(
    api: httpx.AsyncClient, executor: FakeExecutor
) -> None:
    executor.gate.clear()
    function = Rewards(str(api.base_url)).codearena_reward

    async def in_a_loop() -> list[float | None]:
        return call(function, RIGHT)

    with ThreadPoolExecutor(8) as threads:
        waiting = [threads.submit(call, function, RIGHT) for _ in range(4)]
        waiting += [threads.submit(asyncio.run, in_a_loop()) for _ in range(4)]
        await executor.arrived(1)
        executor.gate.set()
        values = await asyncio.to_thread(lambda: [each.result() for each in waiting])
    assert len({tuple(value) for value in values}) == 1
    assert len(executor.attempts) == 1


async def test_a_step_is_another_batch_and_the_same_one_is_asked_for_once(
    api: httpx.AsyncClient, executor: FakeExecutor
) -> None:
    [reward, component, *_] = Rewards(str(api.base_url)).functions()
    for expected, state in ((1, at(1)), (1, at(1)), (2, at(2))):
        for function in (reward, component):
            await called(function, RIGHT, trainer_state=state)
        assert len(executor.attempts) == expected


async def test_whole_groups_get_inputs_of_their_own_where_no_step_is_told(
    api: httpx.AsyncClient, executor: FakeExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sharing, "_BATCHES_KEPT", 1)
    rewards = Rewards(str(api.base_url), whole_groups=True)
    for source in (RIGHT, WRONG, RIGHT):
        for function in rewards.functions():
            await called(function, source)
    assert len(executor.attempts) == 3
    usual = Rewards(str(api.base_url))
    for source in (RIGHT, WRONG, RIGHT):
        await called(usual.codearena_reward, source)
    assert len(executor.attempts) == 5


async def test_a_fork_has_a_client_of_its_own_also_while_a_batch_is_graded(api: httpx.AsyncClient) -> None:
    assert await _process("fork", str(api.base_url)) == 0


async def test_rows_of_other_tasks_are_left_to_other_functions(api: httpx.AsyncClient, executor: FakeExecutor) -> None:
    [reward, component, *_] = Rewards(str(api.base_url)).functions()
    ids = [None, TASK, float("nan"), "", TASK]
    values = await called(reward, "4", RIGHT, "5", "6", WRONG, task_id=ids)
    assert [value is None for value in values] == [True, False, True, True, False]
    assert [value is None for value in await called(component, "4", RIGHT, "5", "6", WRONG, task_id=ids)] == [
        value is None for value in values
    ]
    assert len(executor.attempts) == 2
    assert await called(reward, "4", "5", task_id=None) == [None, None]
    assert await called(reward, "4", "5", task_id=[None, None]) == [None, None]
    assert await called(reward) == []
    assert len(executor.attempts) == 2


async def test_completions_of_every_shape_are_graded_and_none_of_them_is_an_answer_without_code(
    api: httpx.AsyncClient, executor: FakeExecutor
) -> None:
    reward = Rewards(str(api.base_url)).codearena_reward
    empty: list[Any] = [None, "", [], [{"role": "assistant", "content": None}], [{"role": "user", "content": RIGHT}]]
    empty += [[{"role": "assistant", "content": [{"type": "refusal", "refusal": RIGHT}]}], {"role": "assistant"}]
    text = fenced(RIGHT)
    full: list[Any] = [text, [{"role": "assistant", "content": text}]]
    full += [[{"role": "assistant", "content": [{"type": "text", "text": text}]}]]
    values = await called(reward, *empty, *full)
    assert None not in values
    assert len(set(values[: len(empty)])) == 1
    assert len(set(values[len(empty) :])) == 1
    sources = [request.workload.source.decode().strip() for request in executor.attempts]
    assert sorted(set(sources)) == ["", RIGHT]


@pytest.mark.parametrize(
    ("completion", "text"),
    [
        (
            [{"role": "assistant", "content": "first"}, {"role": "tool"}, {"role": "assistant", "content": "last"}],
            "last",
        ),
        ([{"role": "assistant", "content": "first"}, {"role": "assistant", "content": None, "tool_calls": [{}]}], ""),
        ([{"role": "assistant", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}], "a\nb"),
        (
            [{"role": "assistant", "content": [{"type": "thinking", "thinking": "x"}, {"type": "text", "text": "a"}]}],
            "a",
        ),
        ([{"role": "assistant", "content": [{"type": "image", "image": object()}, {"text": "a"}, "b"]}], "a\nb"),
        ([{"role": "assistant", "content": [{"type": "output_text", "text": "a"}, None, {"type": "text"}]}], "a"),
        ([{"role": "assistant", "content": {"type": "text", "text": "a"}}], "a"),
        ([{"role": "assistant", "content": 7}], ""),
        ({"role": "assistant", "content": "a"}, "a"),
    ],
)
def test_the_text_of_a_completion_is_what_the_assistant_said_last(completion: Any, text: str) -> None:
    assert text_of(completion) == text


@pytest.mark.parametrize("completion", [7, {"a set"}, [7], object()])
def test_what_is_no_completion_is_named(completion: Any) -> None:
    with pytest.raises(InvalidRequestError, match="a completion is text"):
        text_of(completion)


async def test_completions_too_large_for_a_request_are_outcomes_of_their_rows(
    api: httpx.AsyncClient, executor: FakeExecutor
) -> None:
    reward = Rewards(str(api.base_url)).codearena_reward
    for long, times in (("x" * 600_000, 32), ("\u4e00" * 90_000, 32), ("\x01" * 4_000_000, 2)):
        *lowest, right = await called(reward, *[long] * times, RIGHT)
        assert lowest == [0.01] * times
        assert right is not None
        assert right > 0.5


async def test_a_task_that_is_not_served_is_an_error_at_once(api: httpx.AsyncClient) -> None:
    reward = Rewards(str(api.base_url)).codearena_reward
    with pytest.raises(UnknownTaskError):
        await called(reward, RIGHT, RIGHT, task_id=[TASK, "nope"])
    assert None not in await called(reward, RIGHT)


async def test_no_gateway_at_the_first_call_is_an_error_for_every_function() -> None:
    [reward, component, *_] = Rewards(f"http://127.0.0.1:{free_port()}").functions()
    for function in (reward, component, reward):
        with pytest.raises(UnreachableError, match="Connection refused"):
            await called(function, RIGHT)


async def test_an_outage_in_mid_run_is_masked_counted_and_over_when_it_is_over(
    api: httpx.AsyncClient, executor: FakeExecutor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    rewards, logged = Rewards(str(api.base_url)), dict[str, float]()
    [reward, component, *_] = rewards.functions()
    assert rewards.not_graded == 0

    def log_metric(name: str, value: float) -> None:
        logged[name] = value

    assert None not in await called(reward, RIGHT, trainer_state=at(0), log_metric=log_metric)
    outcomes = {f"codearena/outcome/{kind}": float(kind is Outcome.SOLVED) for kind in Outcome}
    assert logged == {"codearena/not_graded": 0.0, "codearena/no_answer": 0.0, **outcomes}
    logged.clear()

    async def down(*_: Any, **__: Any) -> httpx.Response:
        raise httpx.ConnectError("All connection attempts failed")

    with monkeypatch.context() as outage, caplog.at_level(logging.WARNING):
        outage.setattr(httpx.AsyncHTTPTransport, "handle_async_request", down)
        columns = {"trainer_state": at(1), "log_metric": log_metric, "task_id": [TASK, None, TASK]}
        assert await called(reward, RIGHT, "4", WRONG, **columns) == [None] * 3
        assert await called(component, RIGHT, "4", WRONG, **columns) == [None] * 3
        assert "2 of 2 completions were not graded and are left out, 2 since the start" in caplog.text
    assert (rewards.not_graded, logged) == (2, {"codearena/not_graded": 1.0})
    # The same batch asked for again is tried again; its other readers get what it came to.
    assert None not in await called(reward, RIGHT, WRONG, trainer_state=at(1))
    assert None not in await called(component, RIGHT, WRONG, trainer_state=at(1))
    assert rewards.not_graded == 2


async def test_what_the_service_failed_to_grade_is_masked_and_the_rest_is_not(
    serve: Serve, settings: Settings, executor: FakeExecutor
) -> None:
    api = await serve(settings.model_copy(update={"attempt_wait_s": 0.5}))
    rewards = Rewards(str(api.base_url))
    executor.fail["lost"].extend([SandboxError("lost")] * 1000)
    right, lost = await called(rewards.codearena_reward, RIGHT, "lost = 1")
    assert right is not None
    assert lost is None
    assert rewards.not_graded == 1


FIX = f"{RIGHT}\ndef echo(x):\n    return x\n"


async def test_the_answer_is_the_block_that_defines_what_the_task_asks_for(
    api: httpx.AsyncClient, executor: FakeExecutor
) -> None:
    demo = fenced("def main():\n    print(echo(1))")
    await called(Rewards(str(api.base_url)).codearena_reward, fenced(FIX) + demo)
    assert [attempt.workload.source.decode().strip() for attempt in executor.attempts] == [FIX.strip()]


async def test_a_row_may_say_what_its_fix_has_to_define(api: httpx.AsyncClient, executor: FakeExecutor) -> None:
    other = f"{WRONG}\ndef other():\n    return 1\n"
    completion = fenced(other) + fenced(FIX)
    await called(Rewards(str(api.base_url)).codearena_reward, completion, entry_point=["other"])
    assert [attempt.workload.source.decode().strip() for attempt in executor.attempts] == [other.strip()]


async def test_a_completion_without_an_answer_is_graded_as_an_empty_source_and_flagged(api: httpx.AsyncClient) -> None:
    metrics: dict[str, float] = {}
    columns: dict[str, list[str | None]] = {}
    found = await asyncio.to_thread(
        Rewards(str(api.base_url)).codearena_reward,
        [fenced(FIX), f"<think>\n{fenced(FIX)}", "I cannot do that.", None, fenced(FIX)],
        task_id=[TASK] * 4 + [None],
        log_metric=metrics.__setitem__,
        log_extra=columns.__setitem__,
    )
    right, *empty, foreign = found
    assert foreign is None and right is not None
    assert len(set(empty)) == 1 and empty[0] is not None and empty[0] < right
    assert metrics["codearena/no_answer"] == 3 / 4
    assert columns == {"codearena/no_answer": [None, "open_thought", "no_code", "empty", None]}


async def test_entry_points_are_asked_for_once(api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    original = CodeArena.task

    def task(self: CodeArena, task_id: str) -> TaskDetail:
        asked.append(task_id)
        return original(self, task_id)

    monkeypatch.setattr(CodeArena, "task", task)
    rewards = Rewards(str(api.base_url))
    for step in range(3):
        await called(rewards.codearena_reward, RIGHT, WRONG, trainer_state=at(step))
    assert asked == [TASK]


async def test_while_entry_points_cannot_be_asked_for_nothing_is_guessed(
    api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    rewards = Rewards(str(api.base_url))
    assert None not in await called(rewards.codearena_reward, RIGHT)

    def task(self: CodeArena, task_id: str) -> TaskDetail:
        raise SandboxError("down")

    monkeypatch.setattr(CodeArena, "task", task)
    assert await called(rewards.codearena_reward, RIGHT, task_id=["medium-1"]) == [None]
    assert rewards.not_graded == 1


async def test_the_argument_of_a_tool_is_code(
    api: httpx.AsyncClient, executor: FakeExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CODEARENA_URL", str(api.base_url))
    source = f'{FIX}\n\nHELP = """\n```python\necho(1)\n```\n"""\n'
    for argument in (source, f"```python\n{source}```"):
        environment = CodeArenaEnvironment()
        await asyncio.to_thread(environment.reset, TASK)
        await asyncio.to_thread(environment.submit_fix, argument)
        assert executor.attempts[-1].workload.source == source.encode()


async def test_rows_with_tasks_of_their_own_are_graded_by_them(api: httpx.AsyncClient) -> None:
    unsolved = record(1, tests=[{"name": "one", "args": [1], "expect": 2, "visible": True}])
    rewards = Rewards(str(api.base_url))
    columns = {"task_id": [TASK, None, None, None], "task": ["", unsolved, json.dumps(record(2)), None]}
    served, low, high, nobodys = await called(rewards.codearena_reward, *[RIGHT] * 4, **columns)
    assert served is not None and low is not None and high is not None
    assert low < 0.5 < min(served, high)
    assert nobodys is None


async def test_episode_of_a_task_of_ones_own_begins_by_its_column(
    api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CODEARENA_URL", str(api.base_url))
    environment = CodeArenaEnvironment()
    text = await asyncio.to_thread(environment.reset, task=json.dumps(record(1, description="Of my own.")))
    assert "Of my own." in text
