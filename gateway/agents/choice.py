"""Chooses the task of an episode: by name, by what is known of the agent, or as the rest of its group."""

import random

from codearena import models
from codearena.errors import UnknownTaskError
from codearena.tasks.task import Task
from gateway import metrics
from gateway.access import caller as callers
from gateway.agents import curriculum
from gateway.catalogue.catalogue import Catalogue
from gateway.catalogue.index import TRAIN
from gateway.settings import Settings
from gateway.store.agents import Agents
from gateway.store.records import CurriculumRecord, Partition

_SHOWN = 256  # of the tasks that may come next
_TRIES = 8  # to meet a task that can be served: of a large catalogue a faulty one is known when it is met


class Choice:
    """rng: its state is no secret. Every method raises StoreError if the store fails."""

    def __init__(self, settings: Settings, agents: Agents, tasks: Catalogue, rng: random.Random) -> None:
        self._settings = settings
        self._agents = agents
        self._tasks = tasks
        self._rng = rng

    async def choose(self, request: models.ResetRequest, partition: Partition) -> Task:
        """The task for a reset. In evaluation nothing that is known of the agent is looked at: "auto" is any task.

        Raises:
            UnknownTaskError: no such task, category or level; or the group's task is no longer served.
        """
        wanted = request.task_id or curriculum.AUTO
        if wanted in self._tasks:
            return self._tasks.find(wanted)
        for _ in range(_TRIES):
            if (task := await self._met(wanted, request, partition)) is not None:
                return task
        raise UnknownTaskError(f"of {wanted} no task can be served; the log says why")

    async def _met(self, wanted: str, request: models.ResetRequest, partition: Partition) -> Task | None:
        """None: the task that was chosen turns out to be one that cannot be served."""
        if partition is Partition.EVAL:
            chosen, number = self._alike(wanted, request, None), None
        else:
            strategy = request.strategy or self._settings.curriculum_strategy
            learns = strategy is models.Strategy.LEARNING_PROGRESS
            inputs = await self._agents.choice_inputs(request.agent_id, request.group_id, numbered=learns)
            if inputs.group_task is not None:
                return self._tasks.find(inputs.group_task)  # another one would not be the group's
            number = inputs.number if learns else None
            chosen = self._chosen(wanted, request, inputs.curriculum, number)
        if request.group_id is not None or number is not None:
            chosen = await self._agents.issue(request.agent_id, request.group_id, chosen, number)
        task = self._tasks.get(chosen)
        if task is not None and wanted == curriculum.AUTO and partition is Partition.TRAIN:
            metrics.CHOICES.labels(task.level).inc()
        return task

    def _chosen(self, wanted: str, request: models.ResetRequest, record: CurriculumRecord, number: int | None) -> str:
        if number is None:
            return self._alike(wanted, request, record)
        task_ids = curriculum.candidates(self._tasks, wanted, None, request.split or TRAIN)
        retest_every = self._settings.curriculum_retest_every
        return curriculum.learnable(task_ids, record, number, retest_every, request.seed, self._rng)

    def _alike(self, wanted: str, request: models.ResetRequest, record: CurriculumRecord | None) -> str:
        level = record.level if record else None
        found = curriculum.candidates(self._tasks, wanted, level, request.split or TRAIN)
        return curriculum.pick(found, request.seed, self._rng)

    async def explained(self, agent_id: str) -> models.CurriculumState:
        """Where the agent stands, and what "auto" would choose next and why, by the strategy that the service has."""
        record, settings = await self._agents.curriculum(agent_id), self._settings
        learns = settings.curriculum_strategy is models.Strategy.LEARNING_PROGRESS
        task_ids = curriculum.candidates(self._tasks, curriculum.AUTO, None if learns else record.level)
        retest_every = settings.curriculum_retest_every if learns else None
        found = curriculum.chances(task_ids, record, retest_every, _SHOWN)
        window = list(record.window)
        return models.CurriculumState(
            agent_id=callers.shown(agent_id),
            level=record.level.value,
            window=window,
            mean=sum(window) / len(window) if window else None,
            window_size=settings.curriculum_window,
            up_above=settings.curriculum_up_above,
            down_below=settings.curriculum_down_below,
            strategy=settings.curriculum_strategy.value,
            episodes=record.episodes,
            mean_reward=record.rewards / record.episodes if record.episodes else None,
            moves=[
                models.Move(time_ms=move.time_ms, from_level=move.before, to_level=move.after, mean=move.mean)
                for move in record.moves
            ],
            next_tasks_others=max(0, len(task_ids) - len(found)),
            next_tasks={chance.task_id: _next_task(chance) for chance in found if chance.probability > 0},
        )


def _next_task(chance: curriculum.Chance) -> models.NextTask:
    return models.NextTask(
        probability=chance.probability,
        success=chance.success,
        progress=chance.progress,
        episodes=chance.episodes,
    )
