import json


def parse_user_data(text):
    try:
        data = json.JSONDecoder().decode(text)
    except json.JSONDecodeError as error:
        raise ValueError("not valid JSON") from error
    if type(data) is dict:
        return data
    raise ValueError("not an object")
