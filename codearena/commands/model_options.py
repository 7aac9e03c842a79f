"""The options of `codearena eval` that say which model is asked, and how."""

import json
import os
from typing import Annotated

import typer

from codearena.errors import InvalidRequestError

KEY = "OPENAI_API_KEY"

Model = Annotated[str | None, typer.Option(help="Model that the openai agent asks.")]
BaseURL = Annotated[str | None, typer.Option(help=f"The model's OpenAI-compatible endpoint; its key is {KEY}.")]
Temperature = Annotated[float, typer.Option(min=0.0, help="Of the model.")]
TopP = Annotated[float | None, typer.Option(min=0.0, max=1.0, help="Of the model; none: not sent.")]
MaxTokens = Annotated[int, typer.Option(min=1, help="Most tokens of an answer, a reasoning model's thoughts included.")]
ExtraBody = Annotated[
    str | None,
    typer.Option(help="JSON object of more members of each request; one that is null takes a member out."),
]
Timeout = Annotated[
    float, typer.Option("--timeout", min=0.1, help="Seconds that a whole answer of the model may take.")
]
PriceIn = Annotated[float, typer.Option(min=0.0, help="Of a million tokens sent to the model.")]
PriceOut = Annotated[float, typer.Option(min=0.0, help="Of a million tokens received from it.")]


def api_key() -> str:
    """Of the environment; servers of one's own want some key, and look at none."""
    return os.environ.get(KEY, "").strip() or "none"


def parsed_extra_body(text: str | None) -> dict[str, object]:
    """Raises InvalidRequestError if the text is not a JSON object."""
    if text is None:
        return {}
    try:
        found = json.loads(text)
    except ValueError as error:
        raise InvalidRequestError(f"--extra-body is not valid JSON: {error}") from error
    if not isinstance(found, dict):
        raise InvalidRequestError("--extra-body is not a JSON object")
    return found
