"""Grading without episodes: /grade, /grade/batch."""

from fastapi import APIRouter

from codearena import models
from gateway.context import ContextDep

router = APIRouter(tags=["grading"])


@router.post("/grade")
async def grade(context: ContextDep, request: models.GradeRequest) -> models.Verdict:
    """Grades one source as the first step of an episode would be."""
    return await context.grading.grade(request)


@router.post("/grade/batch")
async def grade_batch(context: ContextDep, request: models.BatchRequest) -> models.BatchResponse:
    """Grades many, in parallel; the answers are in the order of the items, each a verdict or a problem."""
    return models.BatchResponse(items=await context.grading.batch(request.items))
