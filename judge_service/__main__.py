"""Runs the judge: ``python -m judge_service``."""

import argparse

import uvloop

from codearena.server import telemetry, tracing
from judge_service.server import serve
from judge_service.settings import Settings


def main() -> None:
    """Reads the settings from the environment and serves until SIGTERM."""
    argparse.ArgumentParser(
        prog="python -m judge_service",
        description="The judging service. Every setting is an environment variable CODEARENA_JUDGE_<NAME>; "
        "judge_service/settings.py lists them.",
    ).parse_args()
    settings = Settings()
    telemetry.configure_logging("judge", settings.log_level)
    tracing.configure("judge", settings.traces_endpoint)
    health = telemetry.Health()
    telemetry.serve_metrics(settings.host, settings.metrics_port, health)
    uvloop.run(serve(settings, health))


if __name__ == "__main__":
    main()
