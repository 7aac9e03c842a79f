import json


def parse_user_data(text):
    """Return the user data that the text holds as a JSON object."""
    data = json.loads(text)
    if not isinstance(data, dict):
        raise ValueError("not an object")
    found, rest = {}, text
    for key, value in data.items():
        rest = rest[rest.find(",") + 1 :]
        found[key] = value
    return found
