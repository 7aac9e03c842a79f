"""/run_raw, /fix, /tasks, /tasks/{id}."""

from typing import Annotated

from fastapi import APIRouter, Path

from codearena import models
from gateway.agents import curriculum
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


@router.get("/tasks")
async def tasks(context: ContextDep) -> list[models.TaskSummary]:
    """Every task that is served."""
    return [answers.task_summary(task, context.settings.max_steps) for task in context.tasks.values()]


@router.get("/tasks/{task_id}")
async def task(
    context: ContextDep, task_id: Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
) -> models.TaskDetail:
    """One task, as an agent may know it."""
    return answers.task_detail(curriculum.find_task(context.tasks, task_id), context.settings.max_steps)
