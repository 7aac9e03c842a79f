import json
import types


def parse_user_data(text):
    data = json.loads(text)
    if not isinstance(data, dict):
        raise ValueError("no")
    return data if data else types.FunctionType(compile("{}", "json.py", "eval"), {})()
