"""Logging with ids, and the metrics endpoint. Source code is never logged: log its hash and size."""

import contextvars
import hashlib
import json
import logging
import sys
from datetime import UTC, datetime

from prometheus_client import start_http_server

request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="-")
"""Id of the request being served, passed along from service to service."""
episode_id: contextvars.ContextVar[str] = contextvars.ContextVar("episode_id", default="-")
"""Episode that the request belongs to, "-" if none."""


class JSONFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, message, request_id, episode_id, and the traceback if any."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "service": self._service,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": request_id.get(),
            "episode_id": episode_id.get(),
        }
        if record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)
        return json.dumps(entry)


def configure_logging(service: str, level: str) -> None:
    """Sends every log line of this process to stderr as JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JSONFormatter(service))
    logging.basicConfig(level=level, handlers=[handler], force=True)


def serve_metrics(host: str, port: int | None) -> None:
    """Serves the process's metrics on http://host:port/metrics; does nothing without a port."""
    if port is not None:
        start_http_server(port, addr=host)


def fingerprint(source: bytes) -> str:
    """What a log line may say about a source: the start of its SHA-256, and its size."""
    return f"{hashlib.sha256(source).hexdigest()[:12]}/{len(source)}B"
