"""What the event stream is told of episodes."""

import orjson

from gateway.attempt.graph import Attempt
from gateway.clock import now_ms
from gateway.metrics import components_of, growth_of, judge_name, outcome_of
from gateway.store.records import EpisodeRecord


def reset(episode: EpisodeRecord) -> bytes:
    """That an episode began, as JSON."""
    return orjson.dumps(_about(episode, episode.created_ms))


def step(episode: EpisodeRecord, attempt: Attempt, done: bool, method: str) -> bytes:
    """That a step was taken, as JSON. done: it was the last one; method: empty: none was named."""
    verdict = attempt.verdict
    return orjson.dumps(
        {
            **_about(episode, now_ms()),
            "category": attempt.task.category,
            "step": attempt.proposal.step,
            "max_steps": episode.max_steps,
            "reward": verdict.reward,
            "components": components_of(verdict),
            "done": done,
            "solved": verdict.solved,
            "tests_passed": verdict.tests_passed,
            "tests_total": verdict.tests_total,
            "outcome": outcome_of(attempt.report, verdict),
            "complexity": growth_of(verdict.complexity),
            "judge": judge_name(verdict.judge),
            "identical": attempt.identical,
            "method": method,
            "attempt_id": attempt.attempt_id,
        }
    )


def _about(episode: EpisodeRecord, time_ms: int) -> dict[str, object]:
    return {
        "time_ms": time_ms,
        "episode_id": episode.episode_id,
        "agent_id": episode.agent_id,
        "task_id": episode.task_id,
        "level": episode.level.value,
        "partition": episode.partition.value,
        "group_id": episode.group or None,
    }
