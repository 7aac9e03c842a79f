"""How a task that comes with requests is named: by its content, so that a group sends it once."""

import hashlib
import json
from collections.abc import Mapping

REFERENCE_PATTERN = r"^[0-9a-f]{64}$"


def text_of(record: Mapping[str, object]) -> bytes:
    """The record as the JSON text that its reference is of: keys in their order, ASCII, no spaces.

    Raises:
        ValueError, TypeError: it is no JSON.
    """
    return json.dumps(record, separators=(",", ":")).encode("ascii")


def reference_of(record: Mapping[str, object]) -> str:
    """SHA-256 of the record's text, hex: what a request names the record by once it has been sent."""
    return reference_of_text(text_of(record))


def reference_of_text(text: bytes) -> str:
    """As `reference_of`, of a text that `text_of` gave."""
    return hashlib.sha256(text).hexdigest()
