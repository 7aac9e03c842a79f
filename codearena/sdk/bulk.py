"""Jobs of many items: what /jobs answers."""

from typing import Literal

from pydantic import Field

from codearena.models import GradeLine
from codearena.sdk.requests import Lenient

State = Literal["running", "done", "cancelled"]


class JobStatus(Lenient):
    """Where a job stands. items: how many it has; done: of them have their answer; failed: of those a problem."""

    job_id: str
    state: State
    items: int
    done: int
    failed: int
    created_ms: int = Field(description="Milliseconds since the epoch.")
    finished_ms: int | None = Field(default=None, description="The same; null while it is running.")
    url: str = Field(description="Path of this status; with /results and /events, of what comes of the job.")

    @property
    def finished(self) -> bool:
        return self.state != "running"


class JobPage(Lenient):
    """Answers, in the order in which they came.

    after: what to ask for to get the next ones. finished: none will come after those there are.
    """

    lines: list[GradeLine]
    after: int
    finished: bool
