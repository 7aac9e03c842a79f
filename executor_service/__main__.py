"""`python -m executor_service`: runs the executor until SIGTERM."""

import argparse

import uvloop

from codearena.server import telemetry, tracing
from executor_service.server import serve
from executor_service.settings import Settings


def main() -> None:
    argparse.ArgumentParser(
        prog="python -m executor_service",
        description="Runs attempts in isolation. Settings: variables CODEARENA_EXECUTOR_*, see settings.py.",
    ).parse_args()
    settings = Settings()
    telemetry.configure_logging("executor", settings.log_level)
    tracing.configure("executor", settings.traces_endpoint)
    health = telemetry.Health()
    telemetry.serve_metrics(settings.host, settings.metrics_port, health)
    uvloop.run(serve(settings, health))


if __name__ == "__main__":
    main()
