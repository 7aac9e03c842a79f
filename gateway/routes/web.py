"""/web: a page to try a fix by hand; where a Space opens, and where / leads."""

from functools import cache
from importlib import resources

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from codearena import models
from gateway.access.guard import wants_page
from gateway.routes import ops

router = APIRouter(include_in_schema=False)

# The page is one file of ours: nothing is loaded from elsewhere, and nothing may be.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'"


@cache
def _page() -> str:
    return resources.files("gateway").joinpath("web", "index.html").read_text("utf-8")


@router.get("/", response_model=None)
async def root(request: Request) -> Response | models.Metadata:
    """Leads a browser to the page; tells a program what this is."""
    return RedirectResponse("web") if wants_page(request.headers) else await ops.metadata()


@router.get("/web", response_class=HTMLResponse)
async def web() -> Response:
    """The page."""
    return HTMLResponse(_page(), headers={"Content-Security-Policy": _POLICY})


@router.get("/web/")
async def web_folder() -> Response:
    """What some launchers open."""
    return RedirectResponse("../web")
