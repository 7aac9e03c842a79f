"""Which grader gave a score: a content hash of its code and of every number that a score depends on."""

import hashlib
from pathlib import Path

from codearena import values
from codearena.server.settings import ServiceSettings
from grader_service.settings import Settings


def grader_revision(settings: Settings) -> str:
    """SHA-256, hex, over this package, the value encoding and the settings, but for those on serving."""
    digest = hashlib.sha256()
    for path in [*sorted(Path(__file__).parent.glob("*.py")), *_encoding()]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    serving = {*ServiceSettings.model_fields, "port", "confined_processes", "confined_reports"}
    digest.update(settings.model_dump_json(exclude=serving).encode())
    return digest.hexdigest()


def _encoding() -> list[Path]:
    folder = Path(values.__file__).parent
    return [folder / name for name in ("moments.py", "trees.py", "values.py")]
