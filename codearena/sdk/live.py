"""An episode that is being played: it knows its id, its last answer and its rewards."""

from typing import TYPE_CHECKING, Generic, Self, TypeVar

from codearena.errors import CallerError
from codearena.models import Observation, StepResponse

if TYPE_CHECKING:
    from codearena.sdk.async_client import AsyncCodeArena
    from codearena.sdk.client import CodeArena


Arena = TypeVar("Arena", "AsyncCodeArena", "CodeArena")


class _Played(Generic[Arena]):
    """What both kinds keep. rewards: of the steps so far, oldest first."""

    def __init__(self, arena: Arena, task_id: str | None, seed: int | None) -> None:
        self._arena: Arena = arena
        self._task_id, self._seed = task_id, seed
        self.rewards: list[float] = []
        self._answer: StepResponse | None = None
        self._left = False

    @property
    def answer(self) -> StepResponse:
        """The last answer. Raises CallerError before the episode has begun."""
        if self._answer is None:
            raise CallerError("an episode begins with its with block")
        return self._answer

    @property
    def episode_id(self) -> str:
        """By which the gateway knows it, also afterwards."""
        return self.answer.episode_id

    @property
    def observation(self) -> Observation:
        """What the agent sees now."""
        return self.answer.observation

    @property
    def done(self) -> bool:
        """Whether no step is left to take."""
        return self.answer.done

    def _open(self) -> str:
        """Its id. Raises CallerError outside of the with block."""
        if self._left:
            raise CallerError("the episode's with block was left")
        return self.answer.episode_id

    def _stepped(self, answer: StepResponse) -> StepResponse:
        self._answer = answer
        if answer.reward is not None:
            self.rewards.append(answer.reward)
        return answer


class AsyncLiveEpisode(_Played["AsyncCodeArena"]):
    """Made by AsyncCodeArena.play. Entering resets; leaving needs no call, since the gateway forgets by itself."""

    async def __aenter__(self) -> Self:
        """Raises what AsyncCodeArena.reset does."""
        self._answer = await self._arena.reset(self._task_id, seed=self._seed)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._left = True

    async def step(self, proposed_fix: str) -> StepResponse:
        """Proposes a fix: `reward = (await episode.step(source)).reward`. Raises what AsyncCodeArena.step does."""
        return self._stepped(await self._arena.step(proposed_fix, episode_id=self._open()))


class LiveEpisode(_Played["CodeArena"]):
    """Made by CodeArena.play; the same without `await`."""

    def __enter__(self) -> Self:
        """Raises what CodeArena.reset does."""
        self._answer = self._arena.reset(self._task_id, seed=self._seed)
        return self

    def __exit__(self, *_: object) -> None:
        self._left = True

    def step(self, proposed_fix: str) -> StepResponse:
        """Proposes a fix: `reward = episode.step(source).reward`. Raises what CodeArena.step does."""
        return self._stepped(self._arena.step(proposed_fix, episode_id=self._open()))
