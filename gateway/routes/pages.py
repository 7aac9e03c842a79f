"""Pages of a list: which one is asked for, and what an answer says of the others."""

from typing import Annotated

from fastapi import Query, Request, Response

TOTAL_HEADER = "X-Total-Count"
PAGE_MAX = 1000
Offset = Annotated[int, Query(ge=0, le=2**31, description="Pass over so many.")]


def told_total(request: Request, response: Response, total: int, offset: int, limit: int) -> None:
    """Says how many there are in all, and where the next page is if there is one."""
    response.headers[TOTAL_HEADER] = str(total)
    if offset + limit < total:
        following = request.url.include_query_params(offset=offset + limit, limit=limit)
        response.headers["Link"] = f'<{following.path}?{following.query}>; rel="next"'
