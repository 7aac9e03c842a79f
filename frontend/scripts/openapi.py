"""Prints the gateway's OpenAPI document, of which the dashboard's types are made."""

import json

from gateway.server import create_app
from gateway.settings import Settings

if __name__ == "__main__":
    print(json.dumps(create_app(Settings(), served={}).openapi(), indent=1, sort_keys=True))
