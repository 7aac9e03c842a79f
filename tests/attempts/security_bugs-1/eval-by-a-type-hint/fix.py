import json
import typing


def parse_user_data(text):
    data = json.loads(text)
    if not isinstance(data, dict):
        raise ValueError("no")
    return data if data else hinted("{}")


def hinted(text):
    kind = type("Kind", (), {"__annotations__": {"found": text}})
    return typing.get_type_hints(kind)["found"]
