"""`codearena doctor`: examines the set-up and says what is wrong with it and how to mend that."""

import importlib.util
import subprocess
import sys
from collections.abc import Sequence
from typing import Annotated

import typer
from pydantic import ValidationError
from rich import box
from rich.markup import escape
from rich.table import Table

from codearena.commands.console import console
from codearena.commands.gateways import require_server
from codearena.tasks import findings
from codearena.tasks.findings import Finding, Status

_PARTS = ("executor_service.doctor", "gateway.doctor")
_TIMEOUT_S = 120.0
_COLOURS = {Status.OK: "green", Status.WARNING: "yellow", Status.FAULT: "red", Status.SKIPPED: "dim"}


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Examine engine, sandbox limits, namespaces, images, Redis, clock, ports and access. Exit with 1 at a fault.

    It reads the same environment variables as the services do.
    """
    require_server()
    found = [finding for part in _PARTS for finding in _examined(part)]
    if as_json:
        sys.stdout.write(findings.to_json(found) + "\n")
    elif console.is_terminal:
        console.print(_table(found))
    else:  # a table would be cut to the width of a terminal that is not there
        sys.stdout.write(findings.to_text(found) + "\n")
    if any(finding.status is Status.FAULT for finding in found):
        raise typer.Exit(1)


def _examined(part: str) -> Sequence[Finding]:
    """What one service says of what it needs: in a process of its own, since the command knows no service."""
    if importlib.util.find_spec(part.partition(".")[0]) is None:  # a container has one service
        return [findings.skipped(part, f"not installed here; where it is: python -m {part}")]
    try:
        process = subprocess.run(
            [sys.executable, "-m", part, "--json"], capture_output=True, text=True, timeout=_TIMEOUT_S, check=True
        )
        return findings.from_json(process.stdout)
    except subprocess.TimeoutExpired:
        return [_broken(part, f"no answer within {_TIMEOUT_S:.0f} s")]
    except subprocess.CalledProcessError as error:  # e.g. a setting that is wrong: its last line says which
        return [_broken(part, " ".join(error.stderr.split())[-300:])]
    except ValidationError:
        return [_broken(part, "it printed something else")]


def _broken(part: str, detail: str) -> Finding:
    return findings.fault(part, detail, f"python -m {part}")


def _table(found: Sequence[Finding]) -> Table:
    table = Table("check", "", "found", "cure", box=box.SIMPLE_HEAD)
    for finding in found:
        status = f"[{_COLOURS[finding.status]}]{finding.status}[/]"
        table.add_row(finding.check, status, escape(finding.detail), escape(finding.cure))
    return table
