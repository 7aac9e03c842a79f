"""Which completions are one group: those of one prompt at one step of one run, on whatever rank they are.

TRL normalizes rewards within such a group, whose completions it spreads over the ranks. They compare only if all were
tried on the same hidden inputs, so the group's id may come from nothing that one rank has alone: not from the call.
"""

import hashlib
import json
import os
from collections.abc import Mapping

RUN_VARIABLE = "CODEARENA_RUN_ID"
"""Environment variable that names the run, for all its ranks."""
_LAUNCHERS = ("TORCHELASTIC_RUN_ID", "MASTER_PORT")
"""Set by torchrun and its like, for all ranks alike. MASTER_ADDR is not: a node may know itself by another name."""
_UNNAMED = "none"  # what torchrun calls a run that has no name


def run_id_of(environment: Mapping[str, str] = os.environ) -> str:
    """The id that all ranks of a run share, as far as its environment tells runs apart; may be empty."""
    if named := environment.get(RUN_VARIABLE):
        return named
    known = (environment.get(name, "") for name in _LAUNCHERS)
    return "/".join(value for value in known if value and value != _UNNAMED)


def step_of(trainer_state: object) -> int | None:
    """The step that the trainer is at, which is the same on every rank; None: it did not say."""
    step = getattr(trainer_state, "global_step", None)
    return step if isinstance(step, int) else None


def group_id(run_id: str, step: int | None, prompt: object, task_id: str) -> str:
    """The id of a group: equal on every rank, and another one at each step. prompt: text or messages."""
    parts = [run_id, step, prompt, task_id]
    # ASCII and sorted, so that equal prompts are equal bytes. What is no JSON, as a picture, would show its place in
    # memory, which no two ranks share: its kind will do, beside the text and the task.
    text = json.dumps(parts, sort_keys=True, default=lambda value: type(value).__name__)
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:32]
