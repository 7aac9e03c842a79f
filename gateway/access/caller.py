"""Who is calling, for the length of a request, and whose the ids are that it names.

Ids of episodes and agents are their owner's: the gateway knows `run-1` of the owner `team-a` as `team-a/run-1`, in
every key of the store, so that another owner who names `run-1` means another thing, and nobody can name what is not
theirs: no id that a caller may send has a slash in it.
"""

from __future__ import annotations

import contextlib
import contextvars
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.store.api_keys import Scope

OWNER = "codearena.owner"
"""Key of a connection's scope: whose it is, as far as is known; set by the guard."""
_SEPARATOR = "/"


@dataclass(frozen=True)
class Quota:
    """What one owner may ask for, of each gateway process; None: no limit. requests_per_s: on average."""

    requests_per_s: float | None = None
    concurrent: int | None = None


@dataclass(frozen=True)
class Caller:
    """owner: name on the key; empty: nobody's, which is everybody where no keys are configured."""

    owner: str
    scope: Scope
    quota: Quota = Quota()


ANONYMOUS = Caller("", Scope.ADMIN)

_current: contextvars.ContextVar[Caller] = contextvars.ContextVar("caller", default=ANONYMOUS)


def current() -> Caller:
    """Of the request being served; tasks begun for it have the same."""
    return _current.get()


@contextlib.contextmanager
def calling(caller: Caller) -> Iterator[None]:
    """Within it, `caller` is the current one."""
    token = _current.set(caller)
    try:
        yield
    finally:
        _current.reset(token)


def owned(own_id: str) -> str:
    """The id as the store knows it: the current caller's."""
    owner = _current.get().owner
    return f"{owner}{_SEPARATOR}{own_id}" if owner else own_id


def seen_as(stored_id: str) -> str | None:
    """As the current caller may know it: its own by its own name; others' as stored, for the scope admin; else None."""
    caller = _current.get()
    owner, _, _ = stored_id.rpartition(_SEPARATOR)
    if owner == caller.owner:
        return shown(stored_id)
    return stored_id if caller.scope is Scope.ADMIN else None


def is_own(stored_id: str) -> bool:
    """Whether it is the current caller's."""
    return stored_id.rpartition(_SEPARATOR)[0] == _current.get().owner


def shown(stored_id: str) -> str:
    """The id as its owner knows it."""
    return stored_id.rpartition(_SEPARATOR)[2]
