import os


def get_api_token() -> str:
    """Return the token for the API from the environment.

    Raises:
        RuntimeError: API_TOKEN is unset or empty.
    """
    token = os.environ.get("API_TOKEN")
    if not token:
        raise RuntimeError("the environment variable API_TOKEN is not set")
    return token
