"""/web: the dashboard; where a Space opens, and where / leads."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from codearena import models
from gateway.access.guard import wants_page
from gateway.context import ContextDep
from gateway.dashboard import Answer
from gateway.routes import ops

router = APIRouter(include_in_schema=False)


@router.get("/", response_model=None)
async def root(context: ContextDep, request: Request) -> Response | models.Metadata:
    """Leads a browser to the dashboard; tells a program what this is."""
    if not wants_page(request.headers):
        return await ops.metadata()
    return RedirectResponse("web/" if context.dashboard else "docs")


@router.get("/web")
async def web(request: Request) -> Response:
    """Leads to the folder, below which the page's files and its own paths are."""
    return RedirectResponse(f"web/?{request.url.query}" if request.url.query else "web/")


@router.api_route("/web/{path:path}", methods=["GET", "HEAD"])
async def page(context: ContextDep, request: Request, path: str) -> Response:
    """A file of the dashboard, or the page, which knows what to show by its path."""
    if context.dashboard is None:
        raise HTTPException(404, "the dashboard is not served here")
    headers = request.headers
    file = context.dashboard.file(path, headers.get("accept-encoding", ""), headers.get("if-none-match", ""))
    if file is None and context.dashboard.is_asset(path):
        raise HTTPException(404, "the dashboard has no such file: it is of another build")
    return _sent(file or context.dashboard.page(path))


def _sent(answer: Answer) -> Response:
    return Response(answer.body, answer.status, headers=dict(answer.headers))
