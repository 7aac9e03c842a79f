"""Episodes with tools, as an `environment_factory`."""

import os
from typing import cast

from codearena.completions import code_of
from codearena.errors import ServiceError
from codearena.integrations.trl.data_set import task_text
from codearena.integrations.trl.own_tasks import as_task, with_own
from codearena.integrations.trl.sharing import client
from codearena.models import IsolationName, StepResponse
from codearena.sdk.async_client import DEFAULT_URL
from codearena.sdk.client import CodeArena

URL_VARIABLE, AGENT_VARIABLE = "CODEARENA_URL", "CODEARENA_AGENT"
"""Environment variables of CodeArenaEnvironment, whose constructor takes nothing: the gateway; the agent's id."""
ISOLATION_VARIABLE = "CODEARENA_ISOLATION"
"""Another one of them: where attempts run, as of AsyncCodeArena."""
_REPLY_CHARS = 1500


class CodeArenaEnvironment:
    """An `environment_factory` for GRPOTrainer: an episode, with submit_fix and run_code as the model's tools.

    Takes nothing: CODEARENA_URL names the gateway, CODEARENA_AGENT whose curriculum it is, CODEARENA_ISOLATION where
    attempts run. Connects at the first reset.
    Every public method but reset and get_reward is a tool.
    """

    def __init__(self) -> None:
        self._episode: StepResponse | None = None
        self._failed = False

    def reset(self, task_id: str | None = None, task: object = None, **_: object) -> str:
        """Begins an episode; the task as text, which TRL adds to the prompt. Other columns of the row are not read.

        task: a whole one of one's own, in place of an id.

        A failure of the service is raised: without a task there is nothing to train on.
        """
        self._failed = False
        (graded_by,) = with_own([task_id], [task]) or [None]
        self._episode = self._arena().reset(None if graded_by is None else as_task(graded_by))
        return task_text(self._episode.observation)

    def submit_fix(self, proposed_fix: str) -> str:
        """Grade a fix. Says the reward, which tests pass, and what still fails.

        Args:
            proposed_fix: The whole repaired Python source.

        Returns:
            What the fix came to.
        """
        episode = self._episode
        if episode is None:
            raise ValueError("no episode; reset begins one")
        if episode.done:
            raise ValueError("the episode is over")
        try:
            answer = self._arena().step(code_of(proposed_fix), episode_id=episode.episode_id)
        except ServiceError as error:
            self._failed = True
            raise ValueError("the service failed; nothing was counted") from error
        self._episode, self._failed = answer, False
        return _reply(answer)

    def run_code(self, code: str) -> str:
        """Run Python code in a sandbox, without grading it. Says what it printed.

        Args:
            code: The program.

        Returns:
            What it wrote to stdout and stderr.
        """
        ran = self._arena().run_raw(code_of(code))
        return f"status: {ran.status}\n{ran.stdout.text}{ran.stderr.text}"[:_REPLY_CHARS]

    def get_reward(self) -> float | None:
        """The last step's reward; 0 if the model proposed nothing, None if the service failed to grade it."""
        if self._failed or self._episode is None:
            return None
        return self._episode.reward or 0.0

    def _arena(self) -> CodeArena:
        url = os.environ.get(URL_VARIABLE, DEFAULT_URL)
        isolation = cast("IsolationName | None", os.environ.get(ISOLATION_VARIABLE))  # the gateway says if it is none
        return client(url, os.environ.get(AGENT_VARIABLE, "trl"), isolation)


def _reply(answer: StepResponse) -> str:
    seen = answer.observation
    end = "The episode is over." if answer.done else f"Step {seen.step} of {seen.max_steps}. {seen.hint}"
    return f"reward {answer.reward:.2f}\n{seen.test_results}\n{seen.error_log}"[:_REPLY_CHARS] + f"\n{end}"
