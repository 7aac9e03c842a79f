"""Training with TRL's GRPOTrainer, in either of its two ways. Needs the extra `train`.

One answer, one reward; the whole batch is graded by one call:

    rewards = Rewards("http://localhost:7860")
    trainer = GRPOTrainer(
        model,
        reward_funcs=rewards.functions(),
        args=GRPOConfig(reward_weights=rewards.weights(), ...),
        train_dataset=prompts("http://localhost:7860"),
    )

Several steps, with tools; CODEARENA_URL says where the gateway is:

    trainer = GRPOTrainer(model, environment_factory=CodeArenaEnvironment, train_dataset=prompts(...), ...)

What could not be graded is `None`, which TRL leaves out of the batch: never a number that nothing was measured for.
"""

import logging
import os
import uuid
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, cast

from codearena.async_client import DEFAULT_URL
from codearena.client import CodeArena
from codearena.completions import source_of
from codearena.errors import CodeArenaError, ServiceError
from codearena.models import IsolationName, Observation, StepResponse, Verdict

if TYPE_CHECKING:
    from datasets import Dataset

log = logging.getLogger(__name__)

URL_VARIABLE, AGENT_VARIABLE = "CODEARENA_URL", "CODEARENA_AGENT"
"""Environment variables of CodeArenaEnvironment, whose constructor takes nothing: the gateway; the agent's id."""
ISOLATION_VARIABLE = "CODEARENA_ISOLATION"
"""Another one of them: where attempts run, as of AsyncCodeArena."""
COMPONENTS = ("compile_score", "test_pass_ratio", "efficiency_score", "llm_correctness", "llm_security", "llm_quality")
SYSTEM_PROMPT = (
    "You repair Python code. Think what is wrong, then answer with the whole repaired code in one ```python block."
    " It is run against tests, and slow code scores less."
)

Message = dict[str, str]
Completion = str | Sequence[Message]
RewardFunction = Callable[..., list[float | None]]


@cache
def _client(base_url: str, agent_id: str, process: int, isolation: IsolationName | None = None) -> CodeArena:
    """One for each process, since a connection does not survive a fork. Closed with the process."""
    return CodeArena(base_url, agent_id=agent_id, isolation=isolation)


def text_of(completion: Completion) -> str:
    """What the model wrote last: text as it is, of a conversation the last message of the assistant."""
    if isinstance(completion, str):
        return completion
    said = [message.get("content") or "" for message in completion if message.get("role") == "assistant"]
    return said[-1] if said else ""


class Rewards:
    """Reward functions for GRPOTrainer: the reward, and each of its components for the log.

    base_url: of the gateway. The data set needs the column `task_id`. isolation: as of AsyncCodeArena.
    """

    def __init__(self, base_url: str = DEFAULT_URL, isolation: IsolationName | None = None) -> None:
        self._base_url = base_url
        self._isolation = isolation
        self._last: tuple[list[tuple[str, str]], list[Verdict | None]] = ([], [])

    def functions(self) -> list[RewardFunction]:
        """For `reward_funcs`: the reward first, then the components."""
        return [self.codearena_reward, *(self._component(name) for name in COMPONENTS)]

    def weights(self) -> list[float]:
        """For `reward_weights`: the reward counts; the components are only logged, since it is made of them."""
        return [1.0] + [0.0] * len(COMPONENTS)

    def codearena_reward(
        self, completions: Sequence[Completion], task_id: Sequence[str], **_: object
    ) -> list[float | None]:
        """Rewards in [0.01, 0.99], in order; None for what could not be graded.

        Raises:
            CallerError: a task that the gateway does not serve.
        """
        return [verdict.reward if verdict else None for verdict in self._verdicts(completions, task_id)]

    def _component(self, name: str) -> RewardFunction:
        def component(completions: Sequence[Completion], task_id: Sequence[str], **_: object) -> list[float | None]:
            verdicts = self._verdicts(completions, task_id)
            return [getattr(verdict.reward_components, name) if verdict else None for verdict in verdicts]

        component.__name__ = name  # by which TRL logs it
        component.__doc__ = f"The component {name}, in [0, 1]; None where it is not known."
        return component

    def _verdicts(self, completions: Sequence[Completion], task_ids: Sequence[str]) -> list[Verdict | None]:
        """Graded once for all functions, which TRL calls one after the other with the same batch."""
        items = [(task, source_of(text_of(answer))) for task, answer in zip(task_ids, completions, strict=True)]
        if items != self._last[0]:
            self._last = items, self._graded(items)
        return self._last[1]

    def _graded(self, items: list[tuple[str, str]]) -> list[Verdict | None]:
        try:
            client = _client(self._base_url, "trl", os.getpid(), self._isolation)
            answers = client.grade_batch(items, group_id=uuid.uuid4().hex)
        except ServiceError as error:
            log.warning("none of %d completions was graded: %s", len(items), error)
            return [None] * len(items)
        return [_verdict(answer) for answer in answers]


def _verdict(answer: Verdict | CodeArenaError) -> Verdict | None:
    if isinstance(answer, Verdict):
        return answer
    if not isinstance(answer, ServiceError):
        raise answer  # a mistake in the data set, which masking would hide for the whole run
    log.warning("a completion was not graded: %s", answer)
    return None


def prompts(
    base_url: str = DEFAULT_URL, tasks: Sequence[str] | None = None, repeats: int = 1, tools: bool = False
) -> "Dataset":
    """A data set of the tasks that are served, with the columns `prompt` (a conversation), `task_id` and `difficulty`.

    tasks: ids; none: all. repeats: rows for each task. tools: for CodeArenaEnvironment, whose reset adds the
    task's text.
    """
    from datasets import Dataset  # heavy, and not needed for rewards

    with CodeArena(base_url, agent_id="trl") as arena:
        known = {task.id: task.difficulty for task in arena.tasks()}
        chosen = list(tasks if tasks is not None else known)
        texts = {task: "" if tools else task_text(arena.reset(task).observation) for task in chosen}
    system = _TOOLS_PROMPT if tools else SYSTEM_PROMPT
    rows = [
        {
            "prompt": [{"role": "system", "content": system}, {"role": "user", "content": texts[task]}],
            "task_id": task,
            "difficulty": known.get(task, ""),
        }
        for _ in range(repeats)
        for task in chosen
    ]
    return Dataset.from_list(rows)


def task_text(seen: Observation) -> str:
    """The task as a message: what the code should do, the code, and how it fails."""
    return f"{seen.description}\n\n```python\n{seen.buggy_code}\n```\n\nIt fails:\n\n{seen.error_log}\n"


_TOOLS_PROMPT = (
    "You repair Python code. Try code with run_code, propose the whole repaired code with submit_fix, and read what it "
    "says: you have a few steps."
)
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

    def reset(self, task_id: str | None = None, **_: object) -> str:
        """Begins an episode; the task as text, which TRL adds to the prompt. Other columns of the row are not read.

        A failure of the service is raised: without a task there is nothing to train on.
        """
        self._failed = False
        self._episode = self._arena().reset(task_id)
        return task_text(self._episode.observation)

    def submit_fix(self, proposed_fix: str) -> str:
        """Grade a fix. Says the reward, which tests pass, and what still fails.

        Args:
            proposed_fix: The whole repaired Python source.

        Returns:
            What the fix came to.
        """
        episode = self._begun()
        if episode.done:
            raise ValueError("the episode is over")
        try:
            answer = self._arena().step(source_of(proposed_fix), episode_id=episode.episode_id)
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
        ran = self._arena().run_raw(source_of(code))
        return f"status: {ran.status}\n{ran.stdout.text}{ran.stderr.text}"[:_REPLY_CHARS]

    def get_reward(self) -> float | None:
        """The last step's reward; 0 if the model proposed nothing, None if the service failed to grade it."""
        if self._failed or self._episode is None:
            return None
        return self._episode.reward or 0.0

    def _begun(self) -> StepResponse:
        if self._episode is None:
            raise ValueError("no episode; reset begins one")
        return self._episode

    def _arena(self) -> CodeArena:
        url = os.environ.get(URL_VARIABLE, DEFAULT_URL)
        isolation = cast("IsolationName | None", os.environ.get(ISOLATION_VARIABLE))  # the gateway says if it is none
        return _client(url, os.environ.get(AGENT_VARIABLE, "trl"), os.getpid(), isolation)


def _reply(answer: StepResponse) -> str:
    seen = answer.observation
    end = "The episode is over." if answer.done else f"Step {seen.step} of {seen.max_steps}. {seen.hint}"
    return f"reward {answer.reward:.2f}\n{seen.test_results}\n{seen.error_log}"[:_REPLY_CHARS] + f"\n{end}"
