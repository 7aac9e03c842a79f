"""Which isolation a request gets, where it may name one: some cost less, and some keep attempts apart less well.

An executor has one isolation. Those of `executor_address` serve whoever names none; of each other isolation there may
be executors beside them, which serve the requests that name it.
"""

from codearena.errors import ForbiddenError, InvalidRequestError
from gateway.access.caller import current
from gateway.settings import Settings
from gateway.store.api_keys import Scope


class Isolations:
    """The isolations that requests may name, and whose requests."""

    def __init__(self, settings: Settings) -> None:
        self._named = sorted(settings.isolation_executors)
        self._scope = Scope(settings.isolation_scope)

    def permitted(self, name: str | None) -> str:
        """The isolation that the current caller's request gets; empty: that of all who name none.

        Raises:
            ForbiddenError: the caller may name none.
            InvalidRequestError: no executors are known of the one named.
        """
        if name is None:
            return ""
        self.permit(name)
        if name not in self._named:
            there_are = f"there are {', '.join(self._named)}" if self._named else "a request can name none here"
            raise InvalidRequestError(f"no executors of the isolation {name}; {there_are}")
        return name

    def permit(self, name: str) -> None:
        """Raises ForbiddenError if the current caller may not have the isolation. name: empty: the usual one."""
        if name and not current().scope.includes(self._scope):
            raise ForbiddenError(f"to name an isolation takes a key of the scope {self._scope}")
