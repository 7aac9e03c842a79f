"""What the workers run that read records: what a stranger has written is parsed where it can harm nobody.

An answer is the faults as JSON, a field and a problem each; none: the record can be read in these limits.
"""

import json
from collections.abc import Iterator

from codearena.tasks import record
from codearena.tasks.faults import TaskError

_FAULTS = 20


def warm_up() -> None:
    """Reads once, so that workers inherit what is set up on first use."""
    for _ in work("read", b"{}"):
        pass


def work(kind: str, payload: bytes) -> Iterator[bytes]:
    """What is wrong with the record."""
    try:
        record.parse(payload, "")
        faults = []
    except TaskError as error:
        faults = [[fault.field, fault.problem[:1000]] for fault in error.faults[:_FAULTS]]
    yield json.dumps(faults).encode()
