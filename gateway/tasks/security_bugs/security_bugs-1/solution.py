import json
from typing import Any


def parse_user_data(text: str) -> dict[str, Any]:
    """Return the user data that the text holds as a JSON object.

    Raises:
        ValueError: the text is not one JSON object.
    """
    data = json.loads(text)
    if not isinstance(data, dict):
        raise ValueError(f"expected a JSON object, got {type(data).__name__}")
    return data
