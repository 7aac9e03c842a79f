"""`codearena eval` with a model: what it earns, and what its endpoint cannot earn for it or cost it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from codearena.cli import app
from codearena.evaluation.folder import read_rows
from codearena.evaluation.model import prompt
from codearena.tasks.folder import load_tasks
from codearena.tasks.task import Task
from tests.codearena.evaluation.build import trajectory
from tests.codearena.evaluation.conftest import TASKS
from tests.codearena.evaluation.model_server import Answer, ModelServer, Request, completion, refused, text

pytestmark = pytest.mark.redis

LOADED = load_tasks(TASKS)
CHOSEN = ("easy-1", "type_errors-2", "type_errors-1", "security_bugs-2")
HTML = Answer(200, b"<html><body>Welcome</body></html>", {"content-type": "text/html"})


def evaluate(url: str, out: Path, model_url: str, *arguments: str, tasks: str = ",".join(CHOSEN)) -> Result:
    options = ["eval", "--gateway-url", url, "--model", "m", "--base-url", model_url, "--tasks", tasks]
    environment = {"COLUMNS": "200", "OPENAI_API_KEY": "right"}
    return CliRunner(env=environment).invoke(app, [*options, "--out", str(out), *arguments])


def summary(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "summary.json").read_text())
    return found


def is_check(request: Request) -> bool:
    return len(request["messages"]) == 1


def task_of(request: Request) -> Task:
    shown = request["messages"][-1]["content"]
    (found,) = [LOADED[name] for name in CHOSEN if LOADED[name].buggy.strip() in shown]
    return found


def solving(*names: str, otherwise: Answer) -> Callable[[Request], Answer]:
    """A model that knows the solutions of these tasks."""

    def reply(request: Request) -> Answer:
        if is_check(request):
            return text("ready")
        task = task_of(request)
        return text(f"```python\n{task.solution}```") if task.id in names else otherwise

    return reply


NO_TEXT = completion({"role": "assistant", "content": None, "reasoning_content": "..."}, "length")


def test_a_model_that_answers_one_task_of_four_solves_one_of_four(url: str, tmp_path: Path) -> None:
    with ModelServer(solving("easy-1", otherwise=NO_TEXT)) as server:
        result = evaluate(url, tmp_path, server.url)
    found = summary(tmp_path)
    assert (result.exit_code, found["episodes"], found["graded"], found["missing"]) == (0, 4, 4, 0)
    assert found["pass_at"] == {"1": 0.25}
    assert found["reward"]["n"] == 4
    assert found["reward"]["mean"] < 0.5
    assert found["no_answers"] == {"length": found["attempts"] - 1}
    told = f"no answer        {found['attempts'] - 1} of {found['attempts']} attempts"
    assert told in result.output
    assert "cut off" in result.output


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (NO_TEXT, "length"),
        (completion({"content": None, "refusal": "No."}), "refusal"),
        (completion({"content": None}, "content_filter"), "content_filter"),
        (completion({"content": []}), "empty"),
        (completion({"content": None, "tool_calls": [{"function": {"name": "f", "arguments": "{}"}}]}), "tool_call"),
        (refused("This model's maximum context length is 10 tokens."), "context_length"),
    ],
)
def test_an_answer_without_a_fix_is_graded_and_counts_as_failed(
    url: str, tmp_path: Path, answer: Answer, reason: str
) -> None:
    with ModelServer(solving(otherwise=answer)) as server:
        result = evaluate(url, tmp_path, server.url, tasks="easy-1")
    found = summary(tmp_path)
    assert (result.exit_code, found["graded"], found["errors"], found["pass_at"]) == (0, 1, 0, {"1": 0.0})
    rows = read_rows(tmp_path)
    assert [(row["no_answer"], bool(row["reward"]), row["error"]) for row in rows] == [(reason, True, "")] * len(rows)


@pytest.mark.parametrize(
    "shape",
    [
        lambda fix: completion({"content": [{"type": "text", "text": f"Here:\n\n```python\n{fix}```"}]}),
        lambda fix: completion({"content": None, "tool_calls": [{"function": {"arguments": {"code": fix}}}]}),
        lambda fix: completion({"content": f"```python\n{fix}```"}, None, usage=None, model=None, object="?"),
    ],
)
def test_a_fix_counts_in_whatever_shape_it_comes(url: str, tmp_path: Path, shape: Callable[[str], Answer]) -> None:
    def reply(request: Request) -> Answer:
        return text("ready") if is_check(request) else shape(task_of(request).solution)

    with ModelServer(reply) as server:
        result = evaluate(url, tmp_path, server.url, tasks="easy-1")
    assert (result.exit_code, summary(tmp_path)["pass_at"]) == (0, {"1": 1.0})


@pytest.mark.parametrize(
    "failure",
    [HTML, Answer(body=None), refused("oops", 500), Answer(200, b'{"choices": []}'), refused("no", 401), Answer(200)],
)
def test_an_endpoint_that_fails_costs_one_episode_which_is_told_and_in_no_rate(
    url: str, tmp_path: Path, failure: Answer
) -> None:
    with ModelServer(solving("easy-1", otherwise=failure)) as server:
        result = evaluate(url, tmp_path, server.url, tasks="easy-1,type_errors-2")
    found = summary(tmp_path)
    assert (result.exit_code, found["graded"], found["missing"], found["error_kinds"]) == (3, 1, 1, {"agent": 1})
    assert (found["pass_at"], found["pass_at_least"]) == ({"1": 1.0}, {"1": 0.5})
    assert "missing          1 of 2 episodes: 1 broke off (1 agent), e.g. agent: the model's endpoint" in result.output
    assert "pass@k           1: 100%  of 1 of 2 episodes" in result.output
    assert "pass@k at least  1: 50%" in result.output


def test_what_broke_off_is_played_again_when_asked_for(url: str, tmp_path: Path) -> None:
    with ModelServer(solving("easy-1", otherwise=refused("no", 401))) as server:
        assert evaluate(url, tmp_path, server.url, tasks="easy-1,type_errors-2").exit_code == 3
        server.reply = solving(*CHOSEN, otherwise=NO_TEXT)
        result = evaluate(url, tmp_path, server.url, "--retry-errors", tasks="easy-1,type_errors-2")
    assert (result.exit_code, summary(tmp_path)["pass_at"], summary(tmp_path)["missing"]) == (0, {"1": 1.0}, 0)


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (refused("Incorrect API key provided", 401), "Incorrect API key provided"),
        (refused("The model `m` does not exist", 404), "does not exist"),
        (refused("temperature is not supported", param="temperature"), "--temperature"),
        (HTML, "Welcome"),
        (Answer(body=None), "cannot be reached"),
        (refused("oops", 500), "oops"),
    ],
)
def test_an_endpoint_that_cannot_be_asked_is_told_before_any_episode(
    url: str, tmp_path: Path, failure: Answer, told: str
) -> None:
    with ModelServer(lambda _: failure) as server:
        result = evaluate(url, tmp_path / "run", server.url)
    assert result.exit_code == 1
    assert told in " ".join(result.output.split())
    assert "nothing was played" in result.output
    assert all(map(is_check, server.requests))
    assert not (tmp_path / "run").exists()


def test_an_endpoint_where_nobody_listens_is_told_before_any_episode(url: str, tmp_path: Path) -> None:
    result = evaluate(url, tmp_path / "run", "http://127.0.0.1:9/v1")
    assert (result.exit_code, "cannot be reached (--base-url)" in result.output) == (1, True)
    assert not (tmp_path / "run").exists()


def test_a_parameter_that_is_refused_can_be_left_out(url: str, tmp_path: Path) -> None:
    def reply(request: Request) -> Answer:
        if "temperature" in request or "max_tokens" in request:
            return refused("only the default", param="temperature" if "temperature" in request else "max_tokens")
        return solving("easy-1", otherwise=NO_TEXT)(request)

    with ModelServer(reply) as server:
        extra = ["--extra-body", '{"temperature": null, "max_completion_tokens": 99}']
        result = evaluate(url, tmp_path, server.url, *extra, tasks="easy-1")
    assert (result.exit_code, summary(tmp_path)["pass_at"]) == (0, {"1": 1.0})
    assert {request["max_completion_tokens"] for request in server.requests} == {99}


@pytest.mark.parametrize("body", ["{", "[]", '"x"'])
def test_an_extra_body_that_is_no_object_is_told(url: str, tmp_path: Path, body: str) -> None:
    result = evaluate(url, tmp_path, "http://127.0.0.1:9/v1", "--extra-body", body)
    assert (result.exit_code, "--extra-body is not" in result.output) == (1, True)


def test_options_of_the_model_are_sent_and_part_of_the_plan(url: str, tmp_path: Path) -> None:
    options = ["--max-tokens", "77", "--temperature", "0.5", "--top-p", "0.9", "--extra-body", '{"top_k": 5}']
    with ModelServer(solving("easy-1", otherwise=NO_TEXT)) as server:
        assert evaluate(url, tmp_path, server.url, *options, tasks="easy-1").exit_code == 0
        again = evaluate(url, tmp_path, server.url, tasks="easy-1")
    sent = {"max_tokens": 77, "temperature": 0.5, "top_p": 0.9, "top_k": 5}
    assert all(sent.items() <= request.items() for request in server.requests)
    assert (again.exit_code, "another extra_body, max_tokens, temperature, top_p" in again.output) == (1, True)


def test_a_source_of_lone_surrogates_is_an_attempt_and_is_shown_to_the_model_again(url: str, tmp_path: Path) -> None:
    with ModelServer(solving(otherwise=text('```python\nx = "\ud800 \u2028 é"\n```'))) as server:
        result = evaluate(url, tmp_path, server.url, tasks="easy-1")
    found = summary(tmp_path)
    assert (result.exit_code, found["graded"]) == (0, 1)
    assert len(server.requests) == 1 + found["attempts"] > 2


def test_what_no_request_can_carry_is_shown_to_the_model_escaped() -> None:
    seen = trajectory(0.5).steps[0].answer
    assert seen is not None
    attempts = seen.observation.model_copy(update={"previous_attempts": ['x = "\ud800 é"\n']})
    assert 'x = "\\ud800 é"' in prompt(attempts)


def test_a_source_that_the_service_does_not_even_take_is_a_failed_attempt(url: str, tmp_path: Path) -> None:
    with ModelServer(solving(otherwise=text(f"```python\n# {'é' * 2_000_000}\n```"))) as server:
        result = evaluate(url, tmp_path, server.url, tasks="easy-1")
    found = summary(tmp_path)
    assert (result.exit_code, found["graded"], set(found["outcomes"])) == (0, 1, {"compile_error"})


def test_an_answer_that_does_not_come_in_time_is_missing_and_told(url: str, tmp_path: Path) -> None:
    with ModelServer(solving(otherwise=Answer(body=b"{}", held=b"{"))) as server:
        result = evaluate(url, tmp_path, server.url, "--timeout", "0.3", tasks="easy-1")
    assert (result.exit_code, summary(tmp_path)["missing"]) == (3, 1)
    assert "(--timeout)" in read_rows(tmp_path)[-1]["error"]


def test_ended_by_ctrl_c_it_says_what_is_missing_and_goes_on_to_the_same_end(url: str, tmp_path: Path) -> None:
    def command(out: str) -> list[str]:
        arguments = ["--gateway-url", url, "--model", "m", "--base-url", server.url, "--tasks", "easy-1,type_errors-2"]
        more = ["--concurrency", "1", "--out", str(tmp_path / out)]
        return [sys.executable, "-m", "codearena", "eval", *arguments, *more]

    def interrupting(request: Request) -> Answer:
        if not is_check(request) and task_of(request).id == "type_errors-2":
            process.send_signal(signal.SIGINT)
            return Answer(body=b"{}", held=b"")
        return solving("easy-1", otherwise=NO_TEXT)(request)

    with ModelServer(interrupting) as server:
        environment = os.environ | {"COLUMNS": "200"}
        process = subprocess.Popen(command("broken"), env=environment, stdout=subprocess.PIPE, text=True)
        output, _ = process.communicate()
        half = summary(tmp_path / "broken")
        server.reply = solving("easy-1", otherwise=NO_TEXT)
        for out in ("broken", "whole"):
            subprocess.run(command(out), env=environment, stdout=subprocess.DEVNULL, check=True)
    assert (process.returncode, half["graded"], half["missing"], half["errors"]) == (130, 1, 1, 0)
    assert "missing          1 of 2 episodes: 1 not played" in output
    assert "interrupted; the same command goes on with it" in output
    assert summary(tmp_path / "broken") == summary(tmp_path / "whole")


def test_a_gateway_that_cannot_grade_is_told_before_any_episode(tmp_path: Path) -> None:
    checks = {"store": "ok", "executor": "nobody answers"}
    with ModelServer(lambda _: Answer(503, json.dumps({"ready": False, "checks": checks}).encode())) as server:
        result = evaluate(server.url, tmp_path / "run", server.url)
    assert (result.exit_code, result.output.strip()) == (1, "the gateway cannot grade: executor: nobody answers")
    assert all("path" in request for request in server.requests)
    assert not (tmp_path / "run").exists()


def test_something_else_than_a_gateway_is_told(tmp_path: Path) -> None:
    with ModelServer(lambda _: HTML) as server:
        result = evaluate(server.url, tmp_path / "run", server.url)
    assert (result.exit_code, "Traceback" in result.output) == (1, False)
    assert f"{server.url}" in " ".join(result.output.split())
    assert not (tmp_path / "run").exists()
