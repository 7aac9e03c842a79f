"""`python -m gateway`: serves the HTTP API; settings come from the environment."""

import argparse
import sys

import uvloop

from codearena.server import telemetry, tracing
from codearena.tasks.faults import TaskError
from gateway import server
from gateway.access.exposure import OpenToAllError
from gateway.settings import Settings


def main() -> None:
    parser = argparse.ArgumentParser(prog="gateway", description=__doc__)
    parser.parse_args()
    settings = Settings()
    telemetry.configure_logging("gateway", settings.log_level)
    tracing.configure("gateway", settings.traces_endpoint)
    telemetry.serve_metrics(settings.host, settings.metrics_port)
    try:
        uvloop.run(server.serve(settings))
    except OpenToAllError as error:
        sys.exit(f"cannot serve: {error.detail}")
    except TaskError as error:
        sys.exit(f"cannot serve: {error}")


if __name__ == "__main__":
    main()
