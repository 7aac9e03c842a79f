"""`CodeArenaEnv`: OpenEnv's own client with CodeArena's types. Needs the extra `openenv`.

from codearena.integrations.openenv import CodeArenaEnv, FixAction

with CodeArenaEnv(base_url="http://localhost:7860").sync() as env:
    result = env.reset(task_id="easy-1")
    result = env.step(FixAction(proposed_fix=my_model(result.observation)))
    print(result.reward, result.observation.error_log)
"""

from typing import Any

from openenv.core.client_types import StepResult
from openenv.core.env_client import EnvClient
from openenv.core.env_server.types import Action, Observation, State
from pydantic import ConfigDict

from codearena import models


class FixAction(Action):
    """A fix: the whole repaired source."""

    proposed_fix: str


class FixObservation(models.Observation, Observation):
    """What the agent sees, with OpenEnv's reward and done."""

    model_config = ConfigDict(extra="ignore", frozen=False)  # OpenEnv's may be assigned to


class FixState(models.State, State):
    """Where the episode stands."""

    model_config = ConfigDict(extra="ignore", frozen=False)


class CodeArenaEnv(EnvClient[FixAction, FixObservation, FixState]):
    """A session with a gateway. Arguments and methods are those of OpenEnv's EnvClient.

    `reset` takes task_id (a task's id, a category, a level or "auto"), seed, episode_id, agent_id and step_reward:
    "delta" for trainers that sum the rewards of an episode.
    """

    def _step_payload(self, action: FixAction) -> dict[str, Any]:
        return {"proposed_fix": action.proposed_fix}

    def _parse_result(self, payload: dict[str, Any]) -> StepResult[FixObservation]:
        reward, done = payload.get("reward"), bool(payload.get("done", False))
        observation = FixObservation.model_validate({**payload["observation"], "reward": reward, "done": done})
        return StepResult(observation=observation, reward=reward, done=done)

    def _parse_state(self, payload: dict[str, Any]) -> FixState:
        state: FixState = FixState.model_validate(payload)
        return state
