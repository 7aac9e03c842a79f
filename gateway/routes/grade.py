"""Grading without episodes: /grade, /grade/batch."""

import uuid
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Response
from fastapi.responses import StreamingResponse

from codearena import models
from gateway.context import ContextDep

NDJSON = "application/x-ndjson"

router = APIRouter(tags=["grading"])


@router.post("/grade")
async def grade(context: ContextDep, request: models.GradeRequest) -> models.Verdict:
    """Grades one source as the first step of an episode would be."""
    return await context.grading.grade(request)


@router.post("/grade/batch", response_model=models.BatchResponse, responses={200: {"content": {NDJSON: {}}}})
async def grade_batch(
    context: ContextDep, request: models.BatchRequest, accept: Annotated[str, Header()] = ""
) -> Response | models.BatchResponse:
    """Grades many, in parallel; the answers are in the order of the items, each a verdict or a problem.

    With `Accept: application/x-ndjson` each answer comes as a line of its own once it is there: in the order in which
    they are done, with the item's index.
    """
    # A caller of its own, so that single calls and other batches wait for their turns and not for all of this one.
    lines = context.grading.batch(request, f"batch-{uuid.uuid4().hex}")
    if NDJSON in accept.lower():
        return StreamingResponse(_encoded(lines), media_type=NDJSON)
    items = sorted([line async for line in lines], key=lambda line: line.index)
    return models.BatchResponse(items=[models.GradeItem(verdict=item.verdict, problem=item.problem) for item in items])


async def _encoded(lines: AsyncIterator[models.GradeLine]) -> AsyncIterator[bytes]:
    async for line in lines:
        yield line.model_dump_json().encode() + b"\n"
