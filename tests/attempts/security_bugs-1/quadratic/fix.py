import json


def parse_user_data(text):
    data = json.loads(text)
    if not isinstance(data, dict):
        raise ValueError("not an object")
    found = {}
    for place in range(len(data)):
        for number, (key, value) in enumerate(data.items()):
            if number == place:
                found[key] = value
    return found
