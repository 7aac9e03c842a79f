"""The environment: /reset, /step, /state, /episodes/{id}."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from codearena import models
from gateway.context import ContextDep, IdempotencyKey

router = APIRouter(tags=["environment"])

AgentQuery = Annotated[str, Query(pattern=models.ID_PATTERN)]
EpisodeQuery = Annotated[str | None, Query(pattern=models.ID_PATTERN)]


@router.post("/reset")
async def reset(
    context: ContextDep, key: IdempotencyKey = "", request: models.ResetRequest | None = None
) -> models.StepResponse:
    """Starts an episode; without a body one of the level the curriculum has reached."""
    request = request or models.ResetRequest()
    return await context.resets.reset(request, request.request_id or key)


@router.post("/step", response_model=models.StepResponse)
async def step(context: ContextDep, request: models.StepRequest, key: IdempotencyKey = "") -> Response:
    """Grades a fix as the next step of an episode.

    409 if an episode is named that is finished, or another of its steps came first.
    """
    body = await context.steps.step(request, request.request_id or key)
    return Response(body, media_type="application/json")


@router.get("/state")
async def state(
    context: ContextDep, agent_id: AgentQuery = models.DEFAULT_AGENT, episode_id: EpisodeQuery = None
) -> models.State:
    """Where an episode stands: the one named, else the agent's last."""
    return await context.history.state(agent_id, episode_id)


@router.get("/episodes/{episode_id}")
async def episode(context: ContextDep, episode_id: Annotated[str, Path(pattern=models.ID_PATTERN)]) -> models.Episode:
    """An episode with its attempts; nothing of hidden tests or the solution."""
    return await context.history.episode(episode_id)
