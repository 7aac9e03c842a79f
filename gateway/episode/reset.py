"""Episodes begin: by a reset, or after one that is finished.

reset ──▶ open ──step──▶ open ... ──step──▶ done        done: solved, or the last step taken
"""

import hashlib
import uuid
from dataclasses import replace

from codearena import models
from codearena.errors import InvalidRequestError
from codearena.tasks.task import Task
from gateway import response_ids
from gateway.access import caller as callers
from gateway.access.isolations import Isolations
from gateway.agents import memory
from gateway.agents.choice import Choice
from gateway.attempt.baselines import Baselines
from gateway.catalogue.wanted import Wants
from gateway.clock import now_ms
from gateway.episode import answers, episode_events
from gateway.settings import Settings
from gateway.store.records import EpisodeRecord, Partition
from gateway.store.redis import Store


class Resets:
    """Begins episodes."""

    def __init__(self, settings: Settings, store: Store, baselines: Baselines, wants: Wants, choice: Choice) -> None:
        self._settings = settings
        self._store = store
        self._baselines = baselines
        self._wants = wants
        self._choice = choice
        self._isolations = Isolations(settings)

    async def reset(
        self, request: models.ResetRequest, request_id: str, *, private: bool = False
    ) -> models.StepResponse:
        """Starts an episode. A retry (same request id) gets the first answer, and the episode stays as it is.

        private: it does not become the agent's last, which is the one that steps without an episode's id go to.

        Raises:
            UnknownTaskError, UnknownSentTaskError: no such task, category or level.
            InvalidRequestError: an episode in evaluation is to use memory, or an agent kept for evaluation to train,
                or no executors have the isolation.
            ForbiddenError: an isolation or a task of one's own, from a caller who may not.
            ServiceError: the buggy code could not be run, or the store failed; an episode may then exist or not.
        """
        wanted, task = await self._wanted(request, request_id)
        baseline = await self._baselines.of(task)
        episode = await self._store.create(wanted, episode_events.reset(wanted), private=private)
        if episode.isolation != wanted.isolation:
            raise InvalidRequestError(f"request id {request_id} came with another isolation before")
        if episode.step_reward != wanted.step_reward:
            raise InvalidRequestError(f"request id {request_id} came with another step_reward before")
        if (episode.task_id, episode.task) != (wanted.task_id, wanted.task):
            # A retry, for which chance chose another task than for the first try.
            task = await self._wants.of_episode(episode)
            baseline = await self._baselines.of(task)
        response_ids.note_episode(episode.episode_id)
        return answers.reset(episode, task, baseline)

    async def after(self, finished: EpisodeRecord, request_id: str) -> str:
        """Id of a fresh episode like the finished one; the same for every retry of the request that needs it.

        Raises ForbiddenError for an isolation that the caller may not name, or StoreError.
        """
        self._isolations.permit(finished.isolation)
        task = await self._wants.of_episode(finished)
        fresh = replace(
            finished,
            episode_id=_derived_id("next", finished.nonce, request_id),
            nonce=uuid.uuid4().hex,
            task_revision=task.revision,
            level=task.level,
            max_steps=self._settings.max_steps,
            created_ms=now_ms(),
            request_id=request_id,
            step=0,
            done=False,
            reward=None,
            best_reward=None,
            identities=(),
            sources=(),
        )
        return (await self._store.create(fresh, episode_events.reset(fresh))).episode_id

    async def _wanted(self, request: models.ResetRequest, request_id: str) -> tuple[EpisodeRecord, Task]:
        """The episode that the request asks for, which is nowhere yet, and its task."""
        agent_id = callers.owned(request.agent_id)
        partition = memory.partition_of(
            callers.shown(request.agent_id), request.partition, self._settings.evaluation_agents
        )
        isolation = self._isolations.permitted(request.isolation)
        sent = await self._wants.with_request(request)
        if sent is None:
            task = await self._choice.choose(request.model_copy(update={"agent_id": agent_id}), partition)
        else:
            task = sent.task
        reminder = await self._reminder(request, agent_id, partition, task)
        named = callers.owned(request.episode_id) if request.episode_id is not None else None
        episode = EpisodeRecord(
            episode_id=named or _derived_id("reset", agent_id, request_id),
            nonce=uuid.uuid4().hex,
            task_id=task.id,
            task_revision=task.revision,
            agent_id=agent_id,
            level=task.level,
            max_steps=self._settings.max_steps,
            created_ms=now_ms(),
            request_id=request_id,
            partition=partition,
            memory=reminder.text,
            memory_source=reminder.source,
            group=request.group_id or "",
            isolation=isolation,
            step_reward=request.step_reward,
            task=b"" if sent is None else sent.record,
        )
        return episode, task

    async def _reminder(
        self, request: models.ResetRequest, agent_id: str, partition: Partition, task: Task
    ) -> memory.Reminder:
        """What the agent is reminded of; nothing if it did not ask."""
        if not request.use_memory:
            return memory.NOTHING
        if partition is Partition.EVAL:
            raise InvalidRequestError("an episode in evaluation has no memory to use")
        return memory.reminder(await self._store.agents.memory(agent_id, task.id), task)


def _derived_id(kind: str, of: str, request_id: str) -> str:
    """The same for every try of a request that has an id of its own, so that a retry finds what the first one made."""
    if not request_id:
        return callers.owned(uuid.uuid4().hex)
    return callers.owned(hashlib.sha256("\0".join((kind, of, request_id)).encode()).hexdigest()[:32])
