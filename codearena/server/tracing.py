"""OpenTelemetry spans, from a request through every service that has a part in it. Off until configured.

A span has a name, times and ids. Never a source, a key, a prompt, or anything else that a caller sent.
"""

import contextlib
from collections.abc import Iterator, Mapping

from opentelemetry import context, propagate, trace
from opentelemetry.trace import Span, SpanKind, Status, StatusCode

from codearena.server import telemetry

_tracer = trace.get_tracer("codearena")  # of whatever provider is configured later
_configured = False  # of the process, as the provider is; to ask for that takes longer than all else while it is none
_NO_SPAN = contextlib.nullcontext(trace.INVALID_SPAN)


def configure(service: str, endpoint: str | None) -> None:
    """Sends the spans of this process to http(s)://host:port by OTLP over gRPC; without an endpoint there are none."""
    global _configured
    if endpoint is None:
        return
    # Imported only here: that takes as long as the rest of a service's gRPC, and every start of one, and every health
    # check of a container, would pay for it.
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": f"codearena-{service}"}))
    exporter = OTLPSpanExporter(endpoint=endpoint, insecure=endpoint.startswith("http://"))
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    _configured = True


def span(name: str, kind: SpanKind = SpanKind.INTERNAL) -> contextlib.AbstractContextManager[Span]:
    """What is done within it, as a part of what is being done. Its attributes are the ids of what is being served.

    An error that passes is told by its type alone: its message may quote what a caller sent.
    """
    return _span(name, kind) if _configured else _NO_SPAN


@contextlib.contextmanager
def _span(name: str, kind: SpanKind) -> Iterator[Span]:
    attributes = {f"codearena.{key}": value for key, value in telemetry.ids().items() if value != "-"}
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
    if _configured:
        propagate.inject(carrier)
    return tuple(carrier.items())


def continuing(carrier: Mapping[str, str]) -> contextlib.AbstractContextManager[object]:
    """Within it, spans are parts of what the caller was doing."""
    return _continuing(carrier) if _configured else _NO_SPAN


@contextlib.contextmanager
def _continuing(carrier: Mapping[str, str]) -> Iterator[None]:
    token = context.attach(propagate.extract(carrier))
    try:
        yield
    finally:
        context.detach(token)
