"""Which isolation is in force: the one the settings name, or for `auto` the best that works here, said out loud."""

import logging

from codearena.errors import SandboxError
from executor_service.isolation.base import Isolation
from executor_service.isolation.cell import CellIsolation
from executor_service.isolation.container import ContainerIsolation
from executor_service.isolation.local import LocalIsolation
from executor_service.settings import Settings

log = logging.getLogger(__name__)

_ISOLATIONS = {"container": ContainerIsolation, "cell": CellIsolation, "local": LocalIsolation}


async def choose(settings: Settings) -> Isolation:
    """A started isolation.

    Raises:
        SandboxError: the one that the settings name cannot make sandboxes here.
    """
    if settings.isolation != "auto":
        return await _started(_ISOLATIONS[settings.isolation](settings))
    try:
        return await _started(ContainerIsolation(settings))
    except SandboxError as error:
        log.warning("isolation local instead of container: %s", error.detail)
    return await _started(LocalIsolation(settings))


async def _started(isolation: Isolation) -> Isolation:
    try:
        await isolation.start()
    except SandboxError:
        await isolation.close()
        raise
    log.info("isolation %s", isolation.describe().name)
    return isolation
