import os


def get_api_token():
    return os.getenv("API_TOKEN")
