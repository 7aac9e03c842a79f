"""What a reset shows of a task's code as given, and what a certificate keeps of it."""

from pydantic import BaseModel, ConfigDict


class Shown(BaseModel):
    """What an observation shows of a verdict; the fields are the observation's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    error_log: str
    test_results: str
    hint: str


class Baseline(Shown):
    """What is shown of the code as given.

    seal: a hash of these texts and of all that they came about by: a gateway that reckons the same seal would find the
    same; empty: what they came about by is not known.
    """

    seal: str = ""
