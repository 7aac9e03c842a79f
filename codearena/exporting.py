"""Sends spans, by OTLP over gRPC.

Imported only where an endpoint is set: that takes as long as importing the rest of a service's gRPC, and every start of
one, and every health check of a container, would pay for it.
"""

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor


def send_spans(service: str, endpoint: str) -> None:
    """From now on, those of this process. endpoint: http(s)://host:port."""
    provider = TracerProvider(resource=Resource.create({"service.name": f"codearena-{service}"}))
    exporter = OTLPSpanExporter(endpoint=endpoint, insecure=endpoint.startswith("http://"))
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
