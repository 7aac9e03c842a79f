"""Values that JSON cannot say, as the tagged objects of a task record."""

import base64
import math
from datetime import date
from decimal import Decimal
from fractions import Fraction


def to_json(value: object) -> object:
    """Return the value as plain JSON data, with `{"!tag": ...}` in place of what JSON lacks.

    Raises:
        TypeError: The value has a type that no tag stands for.
    """
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else {"!float": str(value)}
    if isinstance(value, list):
        return [to_json(item) for item in value]
    if isinstance(value, tuple):
        return {"!tuple": [to_json(item) for item in value]}
    if isinstance(value, set):
        return {"!set": [to_json(item) for item in sorted(value)]}
    if isinstance(value, dict):
        return _mapping(value)
    return _scalar(value)


def _mapping(value: dict[object, object]) -> dict[str, object]:
    if all(isinstance(key, str) and not key.startswith("!") for key in value):
        return {str(key): to_json(item) for key, item in value.items()}
    return {"!dict": [[to_json(key), to_json(item)] for key, item in value.items()]}


def _scalar(value: object) -> object:
    match value:
        case bytes():
            return {"!bytes": base64.b64encode(value).decode("ascii")}
        case complex():
            return {"!complex": str(value)}
        case Decimal():
            return {"!decimal": str(value)}
        case Fraction():
            return {"!fraction": str(value)}
        case date():
            return {"!date": value.isoformat()}
    raise TypeError(f"a task record has no tag for a value of type {type(value).__name__}")
