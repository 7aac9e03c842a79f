"""Runs the grader: ``python -m grader_service``."""

import argparse

import uvloop

from codearena.server import telemetry, tracing
from codearena.server.settings import read
from grader_service.server import serve
from grader_service.settings import Settings


def main() -> None:
    """Reads the settings from the environment and serves until SIGTERM."""
    parser = argparse.ArgumentParser(
        prog="python -m grader_service",
        description="The grading service. Every setting is an environment variable CODEARENA_GRADER_<NAME>; "
        "grader_service/settings.py lists them.",
    )
    refused = "end if a variable CODEARENA_GRADER_* is not a setting"
    parser.add_argument("--refuse-unknown", action="store_true", help=refused)
    settings = read(Settings, refuse_unknown=parser.parse_args().refuse_unknown)
    telemetry.configure_logging("grader", settings.log_level)
    tracing.configure("grader", settings.traces_endpoint)
    health = telemetry.Health()
    telemetry.serve_metrics(settings.host, settings.metrics_port, health)
    uvloop.run(serve(settings, health))


if __name__ == "__main__":
    main()
