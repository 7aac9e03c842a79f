"""OpenTelemetry spans, from a request through every service that has a part in it. Off until configured.

A span has a name, times and ids. Never a source, a key, a prompt, or anything else that a caller sent.
"""

import contextlib
import importlib
from collections.abc import Iterator, Mapping

from opentelemetry import context, propagate, trace
from opentelemetry.trace import Span, SpanKind, Status, StatusCode

_tracer = trace.get_tracer("codearena")  # of whatever provider is configured later


def configure(service: str, endpoint: str | None) -> None:
    """Sends the spans of this process to http(s)://host:port by OTLP over gRPC; without an endpoint there are none."""
    if endpoint is not None:
        importlib.import_module("codearena.exporting").send_spans(service, endpoint)


@contextlib.contextmanager
def span(name: str, ids: Mapping[str, str], kind: SpanKind = SpanKind.INTERNAL) -> Iterator[Span]:
    """What is done within it, as a part of what is being done. ids: attributes by name, without those that are "-".

    An error that passes is told by its type alone: its message may quote what a caller sent.
    """
    if isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):  # off: not worth what a span costs
        yield trace.INVALID_SPAN
        return
    attributes = {f"codearena.{key}": value for key, value in ids.items() if value != "-"}
    with _tracer.start_as_current_span(
        name, kind=kind, attributes=attributes, record_exception=False, set_status_on_exception=False
    ) as current:
        try:
            yield current
        except BaseException as error:
            current.set_status(Status(StatusCode.ERROR, type(error).__name__))
            raise


def carried() -> tuple[tuple[str, str], ...]:
    """What goes with a call to another service, so that its spans are parts of ours; nothing if there are none."""
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return tuple(carrier.items())


@contextlib.contextmanager
def continuing(carrier: Mapping[str, str]) -> Iterator[None]:
    """Within it, spans are parts of what the caller was doing."""
    token = context.attach(propagate.extract(carrier))
    try:
        yield
    finally:
        context.detach(token)
