"""The gateway: the HTTP API, the episodes, and the path of one attempt through the other services."""
