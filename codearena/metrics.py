"""What the gRPC shell of every service counts. Labels come from closed sets: the methods that are served, and codes."""

from prometheus_client import Counter, Histogram

GRPC_STARTED = Counter(
    "codearena_grpc_server_started", "Calls that came to a gRPC method of ours.", ["grpc_service", "grpc_method"]
)
GRPC_HANDLED = Counter(
    "codearena_grpc_server_handled",
    "Calls that ended, by the status that they ended with.",
    ["grpc_service", "grpc_method", "grpc_code"],
)
GRPC_SECONDS = Histogram(
    "codearena_grpc_server_handling_seconds",
    "From a call's arrival to its end, whatever the end was.",
    ["grpc_service", "grpc_method"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
)
