"""The dashboard's types are made of the document that the gateway serves."""

import json
from pathlib import Path

from gateway.server import create_app
from gateway.settings import Settings

COMMITTED = Path(__file__).parents[2] / "frontend" / "openapi.json"


def test_the_dashboard_is_built_against_the_present_document() -> None:
    served = create_app(Settings(), served={}).openapi()
    assert json.loads(COMMITTED.read_text("utf-8")) == json.loads(json.dumps(served)), (
        "python frontend/scripts/openapi.py > frontend/openapi.json, then `npm run types` in frontend/"
    )
