"""Which task a request or an episode is about: one that is served, or one that came with it."""

from dataclasses import dataclass

from codearena import models
from codearena.tasks.task import Task
from gateway.catalogue.catalogue import Catalogue
from gateway.catalogue.sent import Sent
from gateway.store.records import EpisodeRecord


@dataclass(frozen=True)
class Wanted:
    """A task, and, if it came with a request, its record: compressed, for the episode to keep."""

    task: Task
    record: bytes = b""


class Wants:
    """Finds tasks. Every method raises what `Catalogue.find` and `Sent` raise."""

    def __init__(self, served: Catalogue, sent: Sent) -> None:
        self._served = served
        self._sent = sent

    async def with_request(self, request: models.GradeRequest | models.ResetRequest) -> Wanted | None:
        """The task that came with the request, whole or by its reference; None: none did."""
        if request.task is not None:
            packed = await self._sent.send(request.task)
        elif request.task_ref is not None:
            packed = await self._sent.find(request.task_ref)
        else:
            return None
        return Wanted(packed.task, packed.record)

    async def of_grade(self, request: models.GradeRequest) -> Task:
        """The task of an attempt without an episode."""
        found = await self.with_request(request)
        return found.task if found is not None else self._served.find(request.task_id or "")

    async def of_episode(self, episode: EpisodeRecord) -> Task:
        """The episode's task; one that came with its reset is kept with it."""
        return await self._sent.unpacked(episode.task) if episode.task else self._served.find(episode.task_id)
