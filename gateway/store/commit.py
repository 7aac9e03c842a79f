"""What the commit script is given."""

import orjson

from codearena.tasks.task import Level
from gateway.settings import Settings
from gateway.store.keys import Keys
from gateway.store.records import Partition, StepCommit

SCRIPTS = ("stats.lua", "memory.lua", "curriculum.lua", "commit_step.lua")
"""Joined in this order: the last one calls what the others define."""


def commit_keys(step: StepCommit, keys: Keys) -> list[str]:
    """Every key that the commit of the step may touch, in the script's order."""
    episode, agent_id = keys.episode(step.episode.episode_id), step.episode.agent_id
    shared = [keys.curriculum(agent_id), keys.events, keys.last(agent_id), keys.stats]
    memory = keys.memory(agent_id)
    remembered = [memory.best, memory.sources, memory.failures, memory.failure_order]
    basis = keys.basis(step.basis_revision)
    return [episode.record, episode.attempts, episode.answers, *shared, *remembered, basis]


def commit_args(step: StepCommit, settings: Settings) -> list[bytes]:
    """What may be long or no text goes beside the JSON, so that nothing is encoded twice."""
    answer = step.answer.fingerprint.encode() + step.answer.body if step.request_id else b""
    return [orjson.dumps(_fields(step) | _limits(settings)), answer, step.attempt, step.source, step.event]


def _fields(step: StepCommit) -> dict[str, object]:
    return {
        "nonce": step.episode.nonce,
        "step_before": step.episode.step,
        "attempt_id": step.attempt_id,
        "request_id": step.request_id,
        "identity": step.identity,
        "reward": repr(step.reward),  # text: as it is given, it is kept and read back
        "done": step.done,
        "solved": step.solved,
        "task_id": step.episode.task_id,
        "task_revision": step.task_revision,
        "level": step.episode.level.value,
        "learns": step.episode.partition is Partition.TRAIN,
        "best": step.best,
        "failure_id": step.failure_id,
        "failure": step.failure,
        "method": step.method,
        "counts": step.counts,
        "now_ms": step.now_ms,
    }


def _limits(settings: Settings) -> dict[str, object]:
    return {
        "episode_ttl_s": settings.episode_ttl_s,
        "agent_ttl_s": settings.agent_ttl_s,
        "events_kept": settings.events_kept,
        "methods_kept": settings.stats_methods,
        "curriculum_window": settings.curriculum_window,
        "curriculum_up_above": settings.curriculum_up_above,
        "curriculum_down_below": settings.curriculum_down_below,
        "curriculum_forgetting": settings.curriculum_forgetting,
        "curriculum_fast": settings.curriculum_fast,
        "curriculum_slow": settings.curriculum_slow,
        "failures_kept": settings.memory_failures,
        "levels": [level.value for level in Level],
    }
