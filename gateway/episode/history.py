"""What has become of an episode, as its agent saw it."""

from codearena import models
from codearena.errors import UnknownEpisodeError, UnknownTaskError
from codearena.v1 import store_pb2
from gateway.access import caller as callers
from gateway.attempt.baselines import Baselines
from gateway.catalogue.wanted import Wants
from gateway.episode import answers
from gateway.store.records import EpisodeRecord
from gateway.store.redis import Store


class History:
    """Reads episodes. Every method raises UnknownEpisodeError for what there is none of, or ServiceError."""

    def __init__(self, store: Store, baselines: Baselines, wants: Wants) -> None:
        self._store = store
        self._baselines = baselines
        self._wants = wants

    async def state(self, agent_id: str, episode_id: str | None) -> models.State:
        """Of the episode named, else of the agent's last one, else an empty state."""
        if episode_id is None:
            last = await self._store.read_last(callers.owned(agent_id))
            return answers.state(last.episode) if last else models.State()
        named = await self._store.read(callers.owned(episode_id))
        if named is None:
            raise unknown(episode_id)
        return answers.state(named.episode)

    async def episode(self, episode_id: str) -> models.Episode:
        """The episode with its attempts."""
        episode, attempts = await self._read(episode_id)
        try:
            task = await self._wants.of_episode(episode)
        except UnknownTaskError:
            task = None
        return answers.episode(episode, attempts, task)

    async def hint(self, episode_id: str) -> str:
        """The hint that came with the last step, or with the reset."""
        episode, attempts = await self._read(episode_id)
        if attempts:
            return attempts[-1].verdict.hint
        return (await self._baselines.of(await self._wants.of_episode(episode))).hint

    async def _read(self, episode_id: str) -> tuple[EpisodeRecord, list[store_pb2.StoredAttempt]]:
        episode, attempts = await self._store.attempts(callers.owned(episode_id))
        if episode is None:
            raise unknown(episode_id)
        return episode, [store_pb2.StoredAttempt.FromString(attempt) for attempt in attempts]


def unknown(episode_id: str) -> UnknownEpisodeError:
    return UnknownEpisodeError(f"there is no episode {callers.shown(episode_id)}, or it has expired")
