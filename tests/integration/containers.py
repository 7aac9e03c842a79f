"""What the engine itself says of the sandboxes on it."""

import asyncio
from dataclasses import dataclass

from executor_service.isolation import owner
from tests.executor_service.images import require_engine


@dataclass(frozen=True)
class Listed:
    """One container as the engine lists it."""

    container_id: str
    state: str
    owner_process: str


def listed() -> list[Listed]:
    """Every container of any executor on this engine, ended ones too."""
    found = require_engine().containers(all=True, filters={"label": [f"{owner.ROLE_LABEL}={owner.ROLE}"]})
    return [Listed(each["Id"], each["State"], each["Labels"].get(owner.PROCESS_LABEL, "")) for each in found]


async def of_process(identity: str) -> list[Listed]:
    """Those of one executor, living or dead."""
    return [each for each in await asyncio.to_thread(listed) if each.owner_process == identity]
