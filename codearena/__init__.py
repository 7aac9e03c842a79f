"""CodeArena: grades attempts at code repair. Public names: the clients, the models and the errors.

Names are loaded on first use, so that the sandbox can take `codearena.values` with the standard library alone.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codearena.errors import (
        BodyTooLargeError,
        CallerError,
        CodeArenaError,
        DeadlineError,
        EpisodeBusyError,
        EpisodeFinishedError,
        InvalidRequestError,
        JobExistsError,
        OverloadedError,
        SandboxError,
        ServiceError,
        StoreError,
        UnknownEpisodeError,
        UnknownJobError,
        UnknownTaskError,
        UnreachableError,
    )
    from codearena.models import (
        Action,
        Episode,
        Info,
        Observation,
        Ready,
        RewardComponents,
        RunRawResponse,
        State,
        StepResponse,
        TaskDetail,
        TaskSummary,
        Verdict,
    )
    from codearena.retry import RetryPolicy
    from codearena.sdk.async_client import AsyncCodeArena
    from codearena.sdk.bulk import JobStatus
    from codearena.sdk.client import CodeArena

__all__ = [
    "Action",
    "AsyncCodeArena",
    "BodyTooLargeError",
    "CallerError",
    "CodeArena",
    "CodeArenaError",
    "DeadlineError",
    "Episode",
    "EpisodeBusyError",
    "EpisodeFinishedError",
    "Info",
    "InvalidRequestError",
    "JobExistsError",
    "JobStatus",
    "Observation",
    "OverloadedError",
    "Ready",
    "RetryPolicy",
    "RewardComponents",
    "RunRawResponse",
    "SandboxError",
    "ServiceError",
    "State",
    "StepResponse",
    "StoreError",
    "TaskDetail",
    "TaskSummary",
    "UnknownEpisodeError",
    "UnknownJobError",
    "UnknownTaskError",
    "UnreachableError",
    "Verdict",
]

_HOMES = ("errors", "retry", "models", "sdk.bulk", "sdk.async_client", "sdk.client")
"""Where the names are, each in the first that has it: those that take the least to import come first."""


def __getattr__(name: str) -> object:
    if name in __all__:
        for home in _HOMES:
            module = import_module(f"{__name__}.{home}")
            if hasattr(module, name):
                return getattr(module, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
