import enum
import json
import re
from collections import namedtuple
from dataclasses import dataclass, field, make_dataclass
from typing import NamedTuple


class Kind(enum.Enum):
    OBJECT = "{"


class Seen(NamedTuple):
    kind: Kind
    size: int = 0


@dataclass(frozen=True, order=True)
class Request:
    text: str
    limit: int = 1_000_000
    notes: list = field(default_factory=list)


def parse_user_data(text):
    request, outcome = Request(text), namedtuple("Outcome", "data seen", defaults=[Seen(Kind.OBJECT)])
    try:
        data = json.loads(request.text)
    except json.JSONDecodeError as error:
        raise ValueError("not valid JSON") from error
    if not isinstance(data, dict) or not re.match(r"\s*\{", text):
        raise ValueError("not an object")
    kept = make_dataclass("Kept", [("value", dict), ("size", int, 5)])(data)
    return outcome(kept.value).data
