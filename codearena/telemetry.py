"""Logging with ids, and the metrics endpoint. Source code is never logged: log its hash and size."""

import contextvars
import hashlib
import json
import logging
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from prometheus_client import REGISTRY, CollectorRegistry, generate_latest, multiprocess, start_http_server

_SHARED = "PROMETHEUS_MULTIPROC_DIR"  # the client library's own variable

request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="-")
"""Id of the request being served, passed along from service to service."""
episode_id: contextvars.ContextVar[str] = contextvars.ContextVar("episode_id", default="-")
"""Episode that the request belongs to, "-" if none."""
attempt_id: contextvars.ContextVar[str] = contextvars.ContextVar("attempt_id", default="-")
"""Attempt that is being graded, "-" if none."""


def ids() -> dict[str, str]:
    """What is being served, by name; "-" for what there is none of."""
    return {"request_id": request_id.get(), "episode_id": episode_id.get(), "attempt_id": attempt_id.get()}


class JSONFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, message, the three ids, and the traceback if any."""

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
            **ids(),
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
        start_http_server(port, addr=host, registry=_registry())


def exposition() -> bytes:
    """The metrics in Prometheus' text format: of this process, or of all that share PROMETHEUS_MULTIPROC_DIR."""
    _forget_ended_workers()
    return generate_latest(_registry())


def _registry() -> CollectorRegistry:
    if _SHARED not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


def _forget_ended_workers() -> None:
    """What workers that are gone had under way is nobody's any more; what they counted stays."""
    if _SHARED not in os.environ:
        return
    pids = {path.stem.rpartition("_")[2] for path in Path(os.environ[_SHARED]).glob("gauge_live*_*.db")}
    for pid in pids:
        if not Path("/proc", pid).exists():
            multiprocess.mark_process_dead(pid)  # type: ignore[no-untyped-call]


def fingerprint(source: bytes) -> str:
    """What a log line may say about a source: the start of its SHA-256, and its size."""
    return f"{hashlib.sha256(source).hexdigest()[:12]}/{len(source)}B"
