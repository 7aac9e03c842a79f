"""What `python -m <service>.doctor` is made of: settings in, findings out, for people or as JSON."""

import argparse
import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from pydantic import ValidationError

from codearena.server.settings import ServiceSettings
from codearena.tasks import findings
from codearena.tasks.findings import Finding, Status

Own = TypeVar("Own", bound=ServiceSettings)


def command(
    settings: type[Own], examine: Callable[[Own], Awaitable[Sequence[Finding]]], arguments: Sequence[str] | None = None
) -> int:
    """The whole of a service's `python -m <service>.doctor`; returns its exit status: 1 if something must be mended.

    With --json the status is 0: who reads that, finds it in there.
    """
    parser = argparse.ArgumentParser(description="Examines what the service needs, by the settings that it reads.")
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    as_json = parser.parse_args(arguments).json
    logging.basicConfig(level=logging.CRITICAL)  # what went wrong is in the findings
    try:
        found = asyncio.run(_examined(examine(settings())))
    except ValidationError as error:
        found = _wrong_settings(settings, error)
    sys.stdout.write((findings.to_json(found) if as_json else findings.to_text(found)) + "\n")
    return 0 if as_json else int(any(finding.status is Status.FAULT for finding in found))


async def _examined(examination: Awaitable[Sequence[Finding]]) -> Sequence[Finding]:
    return await examination


def _wrong_settings(settings: type[ServiceSettings], error: ValidationError) -> Sequence[Finding]:
    prefix = settings.model_config["env_prefix"]
    return [
        findings.fault("settings", f"{name}: {each['msg']}", f"set {name} to another value, or not at all")
        for each in error.errors(include_url=False, include_context=False, include_input=False)
        for name in [prefix + "_".join(str(part) for part in each["loc"]).upper()]
    ]
