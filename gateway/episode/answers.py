"""Messages of the services -> public wire types. What is not named here does not leave: no hidden test, no solution."""

from collections.abc import Iterable
from typing import Any

from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message

from codearena import models, returns, steps
from codearena.server.enums import names
from codearena.tasks.baseline import Baseline, Shown
from codearena.tasks.task import Task
from codearena.v1 import common_pb2, executor_pb2, grader_pb2, judge_pb2, store_pb2
from gateway.access import caller as callers
from gateway.attempt.graph import Attempt
from gateway.attempt.shown import shown
from gateway.metrics import judge_name
from gateway.store.records import EpisodeRecord

_OF_VERDICTS = (models.Info.model_fields.keys() & models.Verdict.model_fields.keys()) - {"task_id"}
_CUT = "\n... {} bytes left out ...\n"


def shown_source(source: bytes) -> str:
    """A source as text that every JSON encoder takes."""
    return source.decode("utf-8", "replace")


def verdict(
    task_id: str,
    report: executor_pb2.Report,
    graded: grader_pb2.Verdict,
    revisions: store_pb2.Revisions,
    timings: models.Timings | None = None,
) -> models.Verdict:
    return models.Verdict(
        task_id=task_id,
        reward=graded.reward,
        base=graded.base,
        solved=graded.solved,
        reward_components=models.RewardComponents(**_fields(graded.components)),
        contributions=models.Contributions(**_fields(graded.contributions))
        if graded.HasField("contributions")
        else None,
        unearned=names(grader_pb2.Unearned.DESCRIPTOR)[graded.unearned] if graded.unearned else "",
        penalties=models.Penalties(**_fields(graded.penalties)),
        execution_metadata=_execution(report, graded),
        tests=[models.VisibleTest(**_fields(test)) for test in graded.tests],
        complexity=_complexity(graded.complexity, report.analysis),
        error_log=graded.error_log,
        hint=graded.hint,
        judge=judge_name(graded.judge),
        judge_model=graded.judgement.model,
        judge_flags=list(graded.judgement.flags),
        revisions=models.Revisions(**_fields(revisions)),
        timings=timings,
    )


def attempt_verdict(attempt: Attempt) -> models.Verdict:
    return verdict(attempt.task.id, attempt.report, attempt.verdict, revisions_of(attempt), _timings(attempt))


def _timings(attempt: Attempt) -> models.Timings:
    seconds = {**attempt.seconds, "sandbox": attempt.report.timings.ran.ToTimedelta().total_seconds()}
    return models.Timings(**{f"{stage}_s": steps.up_to_power_of_ten(taken) for stage, taken in seconds.items()})


def revisions_of(attempt: Attempt) -> store_pb2.Revisions:
    return store_pb2.Revisions(
        task=attempt.task.revision,
        grader=attempt.verdict.grader_revision,
        runner=attempt.report.isolation.runner_revision,
        judge=attempt.judgement.revision if attempt.judgement else "",
        basis=attempt.prepared.brief.basis_revision,
    )


def step(episode: EpisodeRecord, attempt: Attempt, done: bool, source_bytes: int) -> models.StepResponse:
    """The answer to the step that the attempt was; `episode` is the one before it."""
    graded = attempt_verdict(attempt)
    sources = [*episode.sources, attempt.proposal.source[:source_bytes]]
    delta = returns.delta(episode.best_reward, graded.reward)
    summed = {"reward_delta": delta, "episode_return": returns.best(episode.best_reward, graded.reward)}
    return models.StepResponse(
        episode_id=callers.shown(episode.episode_id),
        observation=observation(
            episode, attempt.task, shown(attempt.verdict), attempt.proposal.step, sources
        ).model_copy(
            update={name: getattr(graded, name) for name in ("solved", "reward_components", "penalties")} | summed
        ),
        reward=delta if episode.step_reward == "delta" else graded.reward,
        done=done,
        info=models.Info(
            **_about(episode, attempt.task),
            attempt_reward=graded.reward,
            **summed,
            **{name: getattr(graded, name) for name in _OF_VERDICTS},
        ),
    )


def reset(episode: EpisodeRecord, task: Task, baseline: Baseline) -> models.StepResponse:
    """The answer to a reset, the same for a retried one however far the episode is by then."""
    return models.StepResponse(
        episode_id=callers.shown(episode.episode_id),
        observation=observation(episode, task, baseline, 0, []),
        reward=None,
        done=False,
        info=models.Info(**_about(episode, task), baseline_seal=baseline.seal or None),
    )


def _about(episode: EpisodeRecord, task: Task) -> dict[str, Any]:
    return {
        "episode_id": callers.shown(episode.episode_id),
        "task_id": task.id,
        "difficulty": task.level.value,
        "category": task.category,
    }


def observation(record: EpisodeRecord, task: Task, seen: Shown, step: int, sources: list[bytes]) -> models.Observation:
    return models.Observation(
        buggy_code=task.buggy,
        error_log=seen.error_log,
        test_results=seen.test_results,
        previous_attempts=[shown_source(source) for source in sources],
        task_id=task.id,
        description=task.description,
        hint=seen.hint,
        step=step,
        max_steps=record.max_steps,
        episode_id=callers.shown(record.episode_id),
        memory=reminded(record),
    )


def reminded(record: EpisodeRecord) -> models.EpisodeMemory | None:
    """What the agent is reminded of in the episode; None: it did not ask."""
    if not record.memory:
        return None
    found = models.EpisodeMemory.model_validate_json(record.memory)
    if not record.memory_source or found.best is None:
        return found
    return found.model_copy(
        update={"best": found.best.model_copy(update={"source": shown_source(record.memory_source)})}
    )


def to_keep(answer: models.StepResponse) -> bytes:
    """The answer to a step as it is kept for whoever repeats the request: without what its episode holds anyway.

    That is the sources tried so far, which grow with each step, and what the agent is reminded of.
    """
    observation = answer.observation.model_copy(update={"previous_attempts": [], "memory": None})
    return answer.model_copy(update={"observation": observation}).model_dump_json().encode()


def kept(body: bytes, record: EpisodeRecord) -> bytes:
    """The answer that was given, byte for byte. record: the episode as it stands, at the same step or a later one."""
    answer = models.StepResponse.model_validate_json(body)
    sources = [shown_source(source) for source in record.sources[: answer.observation.step]]
    update = {"previous_attempts": sources, "memory": reminded(record)}
    observation = answer.observation.model_copy(update=update)
    return answer.model_copy(update={"observation": observation}).model_dump_json().encode()


def _fields(message: Message) -> dict[str, Any]:
    """For a wire type whose fields have the same names, which leaves out those that it does not have.

    An optional field that is absent is None, an enumeration the name of its value.
    """
    fields: dict[str, Any] = {}
    for field in message.DESCRIPTOR.fields:
        value = getattr(message, field.name)
        if field.has_presence and not message.HasField(field.name):
            value = None
        elif field.enum_type:
            value = names(field.enum_type)[value]
        fields[field.name] = value
    return fields


def _execution(report: executor_pb2.Report, verdict: grader_pb2.Verdict) -> models.ExecutionMetadata:
    return models.ExecutionMetadata(
        status=names(executor_pb2.AttemptStatus.DESCRIPTOR)[report.status],
        test_passed=verdict.tests_passed,
        test_total=verdict.tests_total,
        hidden_passed=verdict.hidden_passed,
        hidden_total=verdict.hidden_total,
        cpu_s=verdict.shown_usage.cpu.ToTimedelta().total_seconds(),
        wall_s=verdict.shown_usage.wall.ToTimedelta().total_seconds(),
        peak_memory_bytes=verdict.shown_usage.peak_memory_bytes,
        isolation=report.isolation.name,
        degradations=list(report.isolation.degradations),
        python=report.isolation.python,
    )


def _complexity(complexity: grader_pb2.Complexity, analysis: executor_pb2.Analysis) -> models.Complexity:
    return models.Complexity(
        measured=complexity.measured,
        confidence=steps.confidence(complexity.confidence),
        estimated=complexity.estimated,
        optimal=complexity.optimal,
        ratio=steps.tenth_of_decade(complexity.ratio) if complexity.HasField("ratio") else None,
        sizes=list(complexity.sizes),
        times=_rounded_s(complexity.times),
        reference_times=_rounded_s(complexity.reference_times),
        space=complexity.space,
        dominant_lines=list(analysis.dominant_lines),
        problem_type=analysis.problem_type,
    )


def _rounded_s(times: Iterable[Duration]) -> list[float]:
    return [steps.tenth_of_decade(time.ToNanoseconds() / 1e9) for time in times]


def call_status(status: common_pb2.CallStatus.ValueType) -> str:
    return names(common_pb2.CallStatus.DESCRIPTOR)[status]


def state(episode: EpisodeRecord) -> models.State:
    return models.State(
        episode_id=callers.shown(episode.episode_id),
        step_count=episode.step,
        task_id=episode.task_id,
        difficulty=episode.level.value,
        agent_id=callers.shown(episode.agent_id),
        max_steps=episode.max_steps,
        done=episode.done,
        reward=episode.reward,
        best_reward=episode.best_reward,
    )


def episode(record: EpisodeRecord, attempts: list[store_pb2.StoredAttempt], task: Task | None) -> models.Episode:
    """task: None: it is no longer served."""
    about = ("title", "category", "description")
    return models.Episode(
        **state(record).model_dump(),
        attempts=[_attempt(record.task_id, attempt) for attempt in attempts],
        created_ms=record.created_ms,
        partition=record.partition.value,
        group_id=record.group or None,
        **({name: getattr(task, name) for name in about} | {"buggy_code": task.buggy} if task else {}),
    )


def _attempt(task_id: str, attempt: store_pb2.StoredAttempt) -> models.AttemptSummary:
    graded = verdict(task_id, attempt.report, _whole(attempt), attempt.revisions)
    judgement = _judgement(attempt.judgement) if attempt.HasField("judgement") else None
    return models.AttemptSummary(
        step=attempt.step,
        proposed_fix=shown_source(attempt.source),
        identical=attempt.identical,
        left_out_bytes=attempt.left_out_bytes,
        verdict=graded.model_copy(update={"judgement": judgement}),
        attempt_id=attempt.attempt_id,
        time_ms=attempt.started.ToMilliseconds(),
    )


def _judgement(judgement: judge_pb2.Judgement) -> models.Judgement:
    parts = {name: getattr(judgement, name) for name in models.Judgement.model_fields}
    return models.Judgement(
        **{
            name: models.JudgedDimension(
                score=part.score if part.HasField("score") else None,
                reason=part.reason,
                findings=[models.JudgeFinding(**_fields(finding)) for finding in part.findings],
            )
            for name, part in parts.items()
        }
    )


def _whole(attempt: store_pb2.StoredAttempt) -> grader_pb2.Verdict:
    """The verdict with its judgement, which is stored beside it."""
    whole = grader_pb2.Verdict()
    whole.CopyFrom(attempt.verdict)
    whole.judgement.CopyFrom(attempt.judgement)
    return whole


def script(report: executor_pb2.Report) -> models.RunRawResponse:
    """What a program did; one that does not compile says so on stderr, as the interpreter would."""
    outcome = report.calls[0] if report.calls else report.load
    stderr, status = _output(outcome.stderr), call_status(outcome.status)
    if not report.analysis.compiles:
        problem = report.analysis.problem
        text = f'  File "<source>", line {problem.line}\n    {problem.text}\n{problem.type}: {problem.message}\n'
        stderr = models.OutputText(text=text, truncated=False, total_bytes=len(text.encode()))
        status = "compile_error"
    return models.RunRawResponse(
        status=status,
        stdout=_output(outcome.stdout),
        stderr=stderr,
        exit_status=outcome.exit_status if report.analysis.compiles else 1,
        signal=outcome.signal,
        cpu_s=outcome.usage.cpu.ToTimedelta().total_seconds(),
        wall_s=outcome.usage.wall.ToTimedelta().total_seconds(),
        peak_memory_bytes=outcome.usage.peak_memory_bytes,
        complexity=report.analysis.estimated_complexity,
        detail=outcome.detail,
    )


def _output(output: common_pb2.Output) -> models.OutputText:
    text = output.head.decode("utf-8", "replace")
    if output.truncated:
        left_out = output.total_bytes - len(output.head) - len(output.tail)
        text += _CUT.format(left_out) + output.tail.decode("utf-8", "replace")
    return models.OutputText(text=text, truncated=output.truncated, total_bytes=output.total_bytes)


def task_summary(task: Task, max_steps: int) -> models.TaskSummary:
    tests = len(task.all_tests) + len(task.all_checks)
    visible = len(_visible_tests(task))
    return models.TaskSummary(
        id=task.id,
        title=task.title,
        category=task.category,
        difficulty=task.level.value,
        description=task.description,
        tests_visible=visible,
        tests_hidden=tests - visible,
        max_steps=max_steps,
        optimal_complexity=task.optimal_complexity,
        revision=task.revision,
        split=task.split.value,
        source=task.source,
        tags=task.tags,
        entry_point=task.entry_point,
        certified=task.certificate is not None,
    )


def task_detail(task: Task, max_steps: int) -> models.TaskDetail:
    return models.TaskDetail(
        **task_summary(task, max_steps).model_dump(),
        buggy_code=task.buggy,
        visible_tests=_visible_tests(task),
        metadata=task.public_metadata,
        certificate=_certificate(task),
    )


_OF_CERTIFICATE = (
    "revision",
    "isolation",
    "outcome",
    "replays",
    "mutation_score",
    "strength",
    "reference",
    "buggy",
    "empty",
)
"""The rest says what kind of a repair it takes."""


def _certificate(task: Task) -> dict[str, Any] | None:
    if task.certificate is None:
        return None
    return {name: task.certificate[name] for name in _OF_CERTIFICATE if name in task.certificate}


def _visible_tests(task: Task) -> list[str]:
    tests = [test.name for test in task.all_tests if test.visible]
    return tests + [check.name for check in task.all_checks if check.visible]
