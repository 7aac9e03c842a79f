"""Tasks that the service's curriculum chooses, in place of all of them in turns.

The group of completions is one episode's attempts, in their order, until one solves the task or there may be no more:
so the curriculum learns how the model fares, and the next choice follows from it. These steps are in addition to the
training's own grading. Tasks that are held out are never chosen.
"""

import itertools
from collections.abc import Iterator, Sequence

from datasets import IterableDataset

from codearena.completions import answer_of
from codearena.errors import ServiceError
from codearena.integrations.trl import Completion, conversation, task_text, text_of
from codearena.sdk.client import CodeArena

STRATEGIES = ("threshold", "learning_progress")


def chosen(url: str, agent_id: str, strategy: str) -> IterableDataset:
    """Rows without an end, each an episode that begins when the row is read: as `codearena.integrations.trl.prompts`
    has them, with the column `episode_id`.

    agent_id: whose curriculum it is; strategy: one of STRATEGIES.
    """
    return IterableDataset.from_generator(_rows, gen_kwargs={"url": url, "agent_id": agent_id, "strategy": strategy})


def _rows(url: str, agent_id: str, strategy: str) -> Iterator[dict[str, object]]:
    with CodeArena(url, agent_id=agent_id) as arena:
        entry_points = {task.id: task.entry_point for task in arena.tasks()}
        while True:
            episode = arena.reset("auto", strategy=strategy)
            seen = episode.observation
            yield {
                "prompt": conversation(task_text(seen)),
                "task_id": seen.task_id,
                "entry_point": entry_points.get(seen.task_id, ""),
                "episode_id": episode.episode_id,
            }


class Played:
    """A reward function that counts nothing: it plays the groups' episodes, and its log is their last rewards."""

    __name__ = "episode"  # TRL logs it by this

    def __init__(self, arena: CodeArena) -> None:
        self._arena = arena

    def __call__(
        self,
        completions: Sequence[Completion],
        episode_id: Sequence[str],
        entry_point: Sequence[str],
        **_: object,
    ) -> list[float | None]:
        """The last reward of each completion's episode; None where the service failed."""
        found: list[float | None] = []
        rows = zip(episode_id, entry_point, completions, strict=True)
        for (episode, name), group in itertools.groupby(rows, key=lambda row: row[:2]):
            texts = [text_of(completion) for _, _, completion in group]
            found += [self._played(episode, name, texts)] * len(texts)
        return found

    def _played(self, episode_id: str, entry_point: str, texts: Sequence[str]) -> float | None:
        reward = None
        try:
            for text in texts:
                answer = self._arena.step(answer_of(text, entry_point).source, episode_id=episode_id)
                reward = answer.reward
                if answer.done:
                    break
        except ServiceError:  # it is played on by nobody, and expires
            return None
        return reward
