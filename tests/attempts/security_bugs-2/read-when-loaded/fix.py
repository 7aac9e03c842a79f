import os

API_TOKEN = os.environ.get("API_TOKEN", "")


def get_api_token():
    if not API_TOKEN:
        raise RuntimeError("API_TOKEN is not set")
    return API_TOKEN
