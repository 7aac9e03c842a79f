"""Logging with ids, and the endpoint of metrics and health. Source code is never logged: log its hash and size."""

import asyncio
import contextvars
import hashlib
import json
import logging
import os
import sys
import threading
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import CancelledError
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from prometheus_client import REGISTRY, CollectorRegistry, generate_latest, make_wsgi_app, multiprocess
from prometheus_client.exposition import ThreadingWSGIServer

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


class Health:
    """Whether a service serves, for probes that must not need an interpreter, let alone gRPC, to ask.

    The service itself is asked, in its event loop, so that one whose loop hangs is not healthy: that is one which does
    not answer within `timeout_s`.
    """

    def __init__(self, timeout_s: float = 5.0) -> None:
        self._timeout_s = timeout_s
        self._ask: Callable[[], Coroutine[Any, Any, bool]] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def follow(self, serving: Callable[[], Coroutine[Any, Any, bool]]) -> None:
        """From now on it is what `serving` says, in the running loop; before, nothing serves."""
        self._ask, self._loop = serving, asyncio.get_running_loop()

    def serving(self) -> bool:
        """To be called from another thread than the loop's."""
        if self._ask is None or self._loop is None or not self._loop.is_running():
            return False
        asked = asyncio.run_coroutine_threadsafe(self._ask(), self._loop)
        try:
            return asked.result(self._timeout_s)
        except (TimeoutError, CancelledError):
            asked.cancel()
            return False


class _Quiet(WSGIRequestHandler):
    """Logs no requests: probes and scrapers come all the time."""

    def log_message(self, *_: object) -> None:
        pass


def serve_metrics(host: str, port: int | None, health: Health | None = None) -> None:
    """Serves http://host:port/metrics, and /health if there is one: 200 or 503. Does nothing without a port."""
    if port is None:
        return
    application = _with_health(make_wsgi_app(_registry()), health)
    server = make_server(host, port, application, ThreadingWSGIServer, handler_class=_Quiet)
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()


def _with_health(metrics: Callable[..., Any], health: Health | None) -> Callable[..., Iterable[bytes]]:
    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if health is None or environ["PATH_INFO"] != "/health":
            answer: Iterable[bytes] = metrics(environ, start_response)
            return answer
        serving = health.serving()
        start_response("200 OK" if serving else "503 Service Unavailable", [("Content-Type", "text/plain")])
        return [b"serving\n" if serving else b"not serving\n"]

    return application


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
