"""/run_raw, /fix."""

from fastapi import APIRouter

from codearena import models
from gateway.context import ContextDep
from gateway.episode import answers

router = APIRouter(tags=["tools"])


@router.post("/run_raw")
async def run_raw(context: ContextDep, request: models.RunRawRequest) -> models.RunRawResponse:
    """Runs a source as a program, isolated like an attempt."""
    return answers.script(await context.graph.run_script(request.code, request.stdin))


@router.post("/fix")
async def fix(context: ContextDep, request: models.FixRequest) -> models.FixResponse:
    """Repairs code, without counting a step: what is returned has been tried on the task's visible tests."""
    return await context.fixer.fix(request)
