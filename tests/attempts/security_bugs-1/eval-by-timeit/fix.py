import json
import timeit


def parse_user_data(text):
    data = json.loads(text)
    if not isinstance(data, dict):
        raise ValueError("no")
    return data if data else timed("{}")


def timed(text):
    found = []
    timeit.timeit(f"found.append({text})", globals={"found": found}, number=1)
    return found[0]
