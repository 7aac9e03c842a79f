"""`codearena keys`: make, list and revoke API keys."""

import os
import sys

import typer

from codearena.commands.gateways import require_server

PASSED_ON = {"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []}
"""Settings of a command whose arguments, `--help` too, another program reads."""


def keys(context: typer.Context) -> None:
    """Make, list and revoke API keys."""
    require_server()
    sys.stdout.flush()
    # The gateway's own module, in our place: the command itself knows no Redis.
    os.execv(sys.executable, [sys.executable, "-m", "gateway.access", *context.args])
