"""For operators and OpenEnv tools: /health, /ready, /metrics, /metadata, /schema."""

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST

from codearena import models
from codearena.errors import ServiceError
from codearena.server import telemetry
from gateway import problems
from gateway.context import ContextDep
from gateway.readiness import readiness

API_VERSION = "1.0.0"
"""Of the HTTP API, not of the package."""

router = APIRouter(tags=["operations"])


@router.get("/health")
async def health() -> models.Health:
    """The process answers; /ready says whether it can grade."""
    return models.Health()


@router.get("/ready", response_model=models.Ready)
async def ready(context: ContextDep) -> Response | models.Ready:
    """Whether attempts can be graded, and with which isolation; 503 with the same members if not."""
    answer = await readiness(context.settings, context.store, context.clients, context.tasks, context.fixer.names)
    if answer.ready:
        return answer
    broken = ", ".join(name for name, check in answer.checks.items() if check != "ok")
    return problems.respond_error(ServiceError(f"not ready: {broken}"), **answer.model_dump())


@router.get("/metrics", response_class=Response)
async def metrics() -> Response:
    """Prometheus metrics of this process, or of all workers that share PROMETHEUS_MULTIPROC_DIR."""
    return Response(telemetry.exposition(), media_type=CONTENT_TYPE_LATEST)


@router.get("/metadata")
async def metadata() -> models.Metadata:
    """What OpenEnv tools show."""
    return models.Metadata(
        name="codearena",
        description="Iterative code repair: propose a fix, get a reward from really running it.",
        version=API_VERSION,
        author="The CodeArena maintainers",
    )


@router.get("/schema")
async def schema() -> models.Schemas:
    """JSON schemas of action, observation and state."""
    return models.Schemas(
        action=models.Action.model_json_schema(),
        observation=models.Observation.model_json_schema(),
        state=models.State.model_json_schema(),
    )
