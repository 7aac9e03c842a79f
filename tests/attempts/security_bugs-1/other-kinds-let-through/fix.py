import json


def parse_user_data(text):
    return json.loads(text)
