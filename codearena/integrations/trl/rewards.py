"""Reward functions for GRPOTrainer and AsyncGRPOTrainer."""

import logging
import uuid
from collections.abc import Callable, Sequence

from codearena.completions import Answer, answer_of
from codearena.errors import CallerError, CodeArenaError, RateLimitedError
from codearena.integrations.trl.completions import Completion, text_of
from codearena.integrations.trl.groups import group_id, run_id_of, step_of
from codearena.integrations.trl.own_tasks import TaskId, as_task, with_own
from codearena.integrations.trl.sharing import Graded, Item, Progress, Rows, client, progress
from codearena.models import IsolationName, Verdict
from codearena.outcomes import Outcome, outcome_of
from codearena.sdk.async_client import DEFAULT_URL
from codearena.sdk.client import CodeArena

log = logging.getLogger(__name__)

COMPONENTS = ("compile_score", "test_pass_ratio", "efficiency_score", "llm_correctness", "llm_security", "llm_quality")
NOT_GRADED_METRIC = "codearena/not_graded"
"""By which TRL logs the share of completions that could not be graded."""
NO_ANSWER_METRIC = "codearena/no_answer"
"""By which TRL logs the share of graded completions that have no answer, and why, beside each completion."""
OUTCOME_METRIC = "codearena/outcome/"
"""Before the name of an outcome: by which TRL logs its share of the graded completions."""
_AGENT = "trl"

RewardFunction = Callable[..., list[float | None]]


class Rewards:
    """Reward functions for a trainer: the reward, and each of its components for the log.

    They may be pickled, called by several threads at once, and used in every process of a run: all that ask for the
    same batch in one process get one grading, and the same answer to the same prompt at the same step gets the same
    reward in all of them.

    base_url: of the gateway. The data set needs the column `task_id`, or `task` with whole tasks of its own; what a fix
    has to define is taken from the column `entry_point`, and where it has none the task tells it. isolation: as of
    AsyncCodeArena.
    run_id: the same for all ranks of a run, and another one for each run; none: CODEARENA_RUN_ID, else what the
    launcher calls the run.
    whole_groups: where the trainer passes no `trainer_state`, as AsyncGRPOTrainer: each call has all completions of its
    prompts, so that each gets hidden inputs of its own. If it is false, a prompt then has the same ones all along.
    """

    def __init__(
        self,
        base_url: str = DEFAULT_URL,
        isolation: IsolationName | None = None,
        *,
        run_id: str | None = None,
        whole_groups: bool = False,
    ) -> None:
        self._base_url = base_url
        self._isolation = isolation
        self._run_id = run_id_of() if run_id is None else run_id
        self._whole_groups = whole_groups
        self._name = uuid.uuid4().hex  # which a pickle keeps: copies are to share what they grade

    @property
    def not_graded(self) -> int:
        """How many completions have been masked with None in this process, since the service failed to grade them."""
        return self._progress().not_graded

    def functions(self) -> list[RewardFunction]:
        """For `reward_funcs`: the reward first, then the components."""
        return [self.codearena_reward, *(Component(self, name) for name in COMPONENTS)]

    def weights(self) -> list[float]:
        """For `reward_weights`: the reward counts; the components are only logged, since it is made of them."""
        return [1.0] + [0.0] * len(COMPONENTS)

    def codearena_reward(
        self,
        completions: Sequence[Completion],
        task_id: Sequence[TaskId] | None = None,
        prompts: Sequence[object] | None = None,
        trainer_state: object = None,
        log_metric: Callable[[str, float], None] | None = None,
        log_extra: Callable[[str, list[str | None]], None] | None = None,
        entry_point: Sequence[object] | None = None,
        task: Sequence[object] | None = None,
        **_: object,
    ) -> list[float | None]:
        """Rewards in [0.01, 0.99], in order; None for what could not be graded, and for rows of no task.

        A completion without an answer is graded as an empty source. prompts, trainer_state, log_metric, log_extra: as
        TRL passes them.

        Raises:
            CallerError: a task that the gateway does not serve, or, before a first batch was answered, no gateway.
        """
        task_id = with_own(task_id, task)
        rows = self.rows("codearena_reward", completions, task_id, prompts, trainer_state, entry_point)
        if log_metric is not None and rows:
            tried = [row for row, each in zip(rows, task_id or (), strict=False) if _is_task(each)]
            log_metric(NOT_GRADED_METRIC, tried.count(None) / max(len(tried), 1))
            if graded := [row for row in tried if row]:
                log_metric(NO_ANSWER_METRIC, sum(row.missing is not None for row in graded) / len(graded))
                for outcome in Outcome:
                    log_metric(OUTCOME_METRIC + outcome, sum(row.outcome is outcome for row in graded) / len(graded))
        if log_extra is not None:
            log_extra(NO_ANSWER_METRIC, [row.missing.value if row and row.missing else None for row in rows])
        return [row.reward if row else None for row in rows]

    def rows(
        self,
        reader: str,
        completions: Sequence[Completion],
        task_ids: Sequence[TaskId] | None,
        prompts: Sequence[object] | None,
        trainer_state: object,
        entry_points: Sequence[object] | None = None,
    ) -> Rows:
        """What is known of each completion, graded once for all readers. reader: the function that asks."""
        tasks = [None] * len(completions) if task_ids is None else task_ids
        texts = [None] * len(completions) if prompts is None else prompts
        names = [None] * len(completions) if entry_points is None else entry_points
        if not len(completions) == len(tasks) == len(texts) == len(names):
            raise CallerError(f"{len(completions)} completions, {len(tasks)} task ids and {len(texts)} prompts")
        step = step_of(trainer_state)
        places, items = [], []
        for place, (completion, task, prompt, name) in enumerate(zip(completions, tasks, texts, names, strict=True)):
            if task is not None and _is_task(task):
                places.append(place)
                group, own_name = self._group(step, prompt, task), name if isinstance(name, str) and name else None
                items.append(Item(task, text_of(completion), group, own_name))
        rows: Rows = [None] * len(completions)
        if items:
            graded = self._progress().batches.rows(items, reader, lambda: self._graded(items))
            for place, row in zip(places, graded, strict=True):
                rows[place] = row
        return rows

    def _group(self, step: int | None, prompt: object, task: str) -> str | None:
        if step is None and self._whole_groups:
            return None
        return group_id(self._run_id, step, prompt, task)

    def _graded(self, items: Sequence[Item]) -> Rows:
        so_far, own_group = self._progress(), uuid.uuid4().hex
        groups = [item.group_id or own_group for item in items]
        proposed: Sequence[Answer] = [Answer("")] * len(items)
        answers: Sequence[Verdict | CodeArenaError]
        try:
            arena = client(self._base_url, _AGENT, self._isolation)
            proposed = self._proposed(items, arena)
            pairs = [(as_task(item.task_id), answer.source) for item, answer in zip(items, proposed, strict=True)]
            answers = arena.grade_batch(pairs, group_ids=groups)
            so_far.answered = True
        except CodeArenaError as error:
            # Before the first answer it would be masked for the whole run, whatever it is.
            if not so_far.answered or _is_callers(error):
                raise
            answers = [error] * len(items)
        _report(so_far, answers)
        return [
            None
            if isinstance(verdict, CodeArenaError)
            else Graded(
                verdict.reward,
                verdict.reward_components,
                outcome_of(verdict, answered=answer.missing is None),
                answer.missing,
            )
            for verdict, answer in zip(answers, proposed, strict=True)
        ]

    def _proposed(self, items: Sequence[Item], arena: CodeArena) -> list[Answer]:
        """What each completion proposes. Raises what keeps the gateway from telling the entry points."""
        unknown = {item.task_id: as_task(item.task_id) for item in items if item.entry_point is None}
        known = self._progress().entry_points({task for task in unknown.values() if isinstance(task, str)}, arena)
        own = {text: task.get("entry_point") for text, task in unknown.items() if not isinstance(task, str)}
        named = {**known, **{text: name for text, name in own.items() if isinstance(name, str)}}
        return [answer_of(item.text, item.entry_point or named.get(item.task_id)) for item in items]

    def _progress(self) -> Progress:
        return progress(self._name)


class Component:
    """The reward function of one component. TRL logs it by its name."""

    def __init__(self, rewards: Rewards, name: str) -> None:
        self._rewards = rewards
        self.__name__ = name

    def __call__(
        self,
        completions: Sequence[Completion],
        task_id: Sequence[TaskId] | None = None,
        prompts: Sequence[object] | None = None,
        trainer_state: object = None,
        entry_point: Sequence[object] | None = None,
        task: Sequence[object] | None = None,
        **_: object,
    ) -> list[float | None]:
        """In [0, 1], in order; None where it is not known."""
        tasks = with_own(task_id, task)
        rows = self._rewards.rows(self.__name__, completions, tasks, prompts, trainer_state, entry_point)
        return [getattr(row.components, self.__name__) if row else None for row in rows]


def _is_task(task: TaskId) -> bool:
    """Whether the row is ours. A data set made of several has no task where another one's rows are: None, or NaN."""
    return bool(task) and task == task


def _is_callers(error: CodeArenaError) -> bool:
    """Whether it is a mistake in the data set or the set-up, which masking would hide. Too many requests is none."""
    return isinstance(error, CallerError) and not isinstance(error, RateLimitedError)


def _report(so_far: Progress, answers: Sequence[Verdict | CodeArenaError]) -> None:
    failures = [answer for answer in answers if isinstance(answer, CodeArenaError)]
    for failure in failures:
        if _is_callers(failure):
            raise failure
    if failures:
        total = so_far.count_not_graded(len(failures))
        log.warning(
            "%d of %d completions were not graded and are left out, %d since the start: %s",
            len(failures),
            len(answers),
            total,
            failures[0].detail,
        )
