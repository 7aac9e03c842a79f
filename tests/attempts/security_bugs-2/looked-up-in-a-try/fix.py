from os import environ


def get_api_token():
    try:
        token = environ["API_TOKEN"]
    except KeyError:
        token = ""
    if token == "":
        raise RuntimeError("API_TOKEN must be set")
    return token
