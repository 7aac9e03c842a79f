API_TOKEN = "sk-demo-7c41e9d05b"


def get_api_token():
    """Return the token for the API."""
    return API_TOKEN
