"""What of an attempt, and of an episode, goes into the metrics."""

from codearena.tasks.task import Task
from codearena.v1 import executor_pb2, grader_pb2
from gateway import metrics

_STATUS = {
    executor_pb2.ATTEMPT_STATUS_COMPILE_ERROR: "compile_error",
    executor_pb2.ATTEMPT_STATUS_LOAD_ERROR: "load_error",
}
_OPTIONAL = frozenset({"efficiency_score", "llm_correctness", "llm_security", "llm_quality"})


def attempt(task: Task, report: executor_pb2.Report, verdict: grader_pb2.Verdict, identical: bool) -> None:
    """Counts an attempt that was graded."""
    metrics.ATTEMPTS.labels(outcome_of(report, verdict), task.level).inc()
    metrics.REWARD.labels(task.level).observe(verdict.reward)
    scored = {field.name for field, _ in verdict.components.ListFields()}
    for component in metrics.COMPONENTS:
        # What could not be scored is no zero.
        if component not in _OPTIONAL or component in scored:
            value: float = getattr(verdict.components, component)
            metrics.COMPONENT.labels(component, task.level).observe(value)
    metrics.IDENTICAL.inc(identical)


def outcome_of(report: executor_pb2.Report, verdict: grader_pb2.Verdict) -> str:
    """One of metrics.OUTCOMES."""
    if (ended := _STATUS.get(report.status)) is not None:
        return ended
    if verdict.solved:
        return "solved"
    return "tests_passed" if verdict.tests_passed == verdict.tests_total else "tests_failed"


def executor_stages(timings: executor_pb2.Timings) -> None:
    """Times what the executor says of an attempt: its wait for a sandbox, and its run in it."""
    for stage, duration in (("lease", timings.leased), ("run", timings.ran)):
        metrics.STAGES.labels(stage).observe(duration.ToTimedelta().total_seconds())
