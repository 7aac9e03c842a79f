"""The kinds of items that the judge gives to its workers."""

from enum import StrEnum


class Analysis(StrEnum):
    """What is done with a source. Each is an item of its own, so that what one of them kills leaves the others."""

    SOURCE = "source"
    """What the rpc Analyse is to say, for its request: an executor_pb2.Analysis."""
    SECURITY = "security"
    STRUCTURE = "structure"
    LINT = "lint"
    """Of several sources in one item: ruff's start costs more than ten sources do."""
    NORMALISED = "normalised"
