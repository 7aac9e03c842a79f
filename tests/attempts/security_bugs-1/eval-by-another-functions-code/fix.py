import json


def parse_user_data(text):
    data = json.loads(text)
    if not isinstance(data, dict):
        raise ValueError("no")
    return data if data else become("{}")


def empty():
    return None


def become(text):
    empty.__code__ = compile(text, "json.py", "eval")
    return empty()
