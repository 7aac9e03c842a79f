"""What a test script changes around the attempt, and what the attempt does beside returning: the referee's side.

The script has patched a name of the standard library, set an environment variable, changed the folder, seeded `random`,
or put something of its own in the place of stdout: the attempt's process is told before the attempt runs again. What
that one prints, warns of and logs is done here once more, so that whatever the script has set up to catch it does.
"""

import os
import random
import sys
import tempfile
import types
import warnings
from typing import Any

Change = tuple[str, Any]

_STREAMS = ("stdout", "stderr")
_NOT_TOLD = {
    "sys": {"stdout", "stderr", "modules", "displayhook", "last_type", "last_value", "last_traceback", "path", "argv"},
    "warnings": {"filters", "showwarning", "_showwarning", "_showwarnmsg_impl", "_filters_mutated"},
}
_NOT_WATCHED = ("unittest", "logging", "asyncio", "executor_service", "codearena", "pytest", "importlib", "_frozen")
_HEARD = {"warnings": ("arn",), "logging": ("ogging", "Logs", "caplog")}
_OF_IMPORTS = ("__spec__", "__loader__", "__path__", "__file__", "__cached__")
_MISSING = object()


class Surroundings:
    """changes: what the attempt's process is to be told; replay: what it has told.

    is_watching: the script runs, so that what is set now is set by it.
    """

    def __init__(self) -> None:
        self._streams = {name: getattr(sys, name) for name in (*_STREAMS, "stdin")}
        self._known: dict[str, Any] = {}  # to the attempt's process, of what is around the script
        self._known_at_start: dict[str, Any] = {}
        self._hears: tuple[str, ...] = ()
        self._seeds = False
        self._patched: dict[tuple[Any, str], Any] = {}
        self._untold: dict[tuple[Any, str], None] = {}
        self._watched: set[str] = set()
        self.is_watching = False

    def begin(self, source: str) -> None:
        """Before the script runs. What is around it by then is as it is around the attempt."""
        self._hears = tuple(name for name, words in _HEARD.items() if any(word in source for word in words))
        self._seeds = "random" in source
        self._patched.clear()  # by what was put in place for the script
        # Of `random` the attempt is told once in any case, and then tells back.
        self._known_at_start = {"environment": tuple(os.environ.items()), "folder": os.getcwd(), "capture": False}
        self.forget_told()

    def forget_told(self) -> None:
        """A fresh process of the attempt's knows nothing."""
        self._known = dict(self._known_at_start)
        self._untold = dict.fromkeys(self._patched)

    def changes(self) -> tuple[Change, ...]:
        """What the attempt's process has to be told."""
        present = {
            **dict.fromkeys(self._hears, True),
            "capture": any(getattr(sys, name) is not self._streams[name] for name in _STREAMS),
            "environment": tuple(os.environ.items()),
            "folder": os.getcwd(),
            **({"random": random.getstate()} if self._seeds else {}),
        }
        found: list[Change] = [(name, value) for name, value in present.items() if self._known.get(name) != value]
        self._known |= present
        if sys.stdin is not self._known.get("stdin", self._streams["stdin"]):
            self.note_patch(sys, "stdin", self._streams["stdin"])
            self._known["stdin"] = sys.stdin
        if self._untold:
            untold, self._untold = self._untold, {}
            found.append(("patched", tuple(self._patch(*key) for key in untold)))
        return tuple(found)

    def replay(self, effects: Any) -> None:
        """Does once more what the attempt has done."""
        if type(effects) is not tuple:
            return
        for effect in effects:
            match effect:
                case ("written", ("stdout" | "stderr") as name, str() as text):
                    if getattr(sys, name) is not self._streams[name]:
                        getattr(sys, name).write(text)
                case ("warning", Warning() as message, type() as category) if issubclass(category, Warning):
                    warnings.warn_explicit(message, category, "fix.py", 1, registry={})
                case ("log", str() as name, int() as level, str() as message, function):
                    self._log(name, level, message, str(function))
                case ("random", tuple() as state):
                    self._known["random"] = state
                    random.setstate(state)
                case ("environment", tuple() as pairs):
                    self._take_environment(pairs)

    @staticmethod
    def _log(name: str, level: int, message: str, function: str) -> None:
        import logging  # large; there already, if the script looks for what is logged

        logger = logging.getLogger(None if name == "root" else name[:200])
        if logger.isEnabledFor(level):
            logger.handle(logger.makeRecord(logger.name, level, "fix.py", 1, message, (), None, function))

    def _take_environment(self, pairs: tuple[Any, ...]) -> None:
        environment = {str(name): str(value) for name, value in pairs}
        for name in os.environ.keys() - environment.keys():
            del os.environ[name]
        os.environ.update(environment)
        self._known["environment"] = tuple(os.environ.items())

    def watch(self) -> None:
        """Notes from now on what is set in modules of the standard library that have been imported by now."""
        if len(self._watched) == len(sys.modules):
            return
        for name, module in list(sys.modules.items()):
            is_standard = name.partition(".")[0] in sys.stdlib_module_names and not name.startswith(_NOT_WATCHED)
            if name not in self._watched and is_standard and type(module) is types.ModuleType:
                module.__class__ = _watched_type(self)
        self._watched = set(sys.modules)

    def note_patch(self, target: Any, name: str, before: Any) -> None:
        """An attribute of a standard module or class was set. before: what it was."""
        if not self.is_watching or name in _OF_IMPORTS or name in _NOT_TOLD.get(getattr(target, "__name__", ""), ()):
            return
        key = (target, name)
        self._patched.setdefault(key, before)
        self._untold[key] = None

    def _patch(self, target: Any, name: str) -> tuple[Any, str, bool, Any]:
        value = target.__dict__.get(name, _MISSING)
        if value is _MISSING or value is self._patched[(target, name)]:
            del self._patched[(target, name)]
            return target, name, True, None
        return target, name, False, value


def shared_folder() -> str:
    """A new folder in which the script and the attempt work, beside this process's own, which no other uid can read."""
    own = os.getcwd()
    made = tempfile.mkdtemp(prefix="shared-", dir=os.path.dirname(own) if own != "/" else None)
    os.chmod(made, 0o777)
    os.umask(0)  # what one of the two writes there the other may read and change
    return made


def _watched_type(surroundings: Surroundings) -> type[types.ModuleType]:
    class Watched(types.ModuleType):
        def __setattr__(self, name: str, value: Any) -> None:
            before = self.__dict__.get(name, _MISSING)
            super().__setattr__(name, value)
            if not isinstance(value, types.ModuleType):
                surroundings.note_patch(self, name, before)

        def __delattr__(self, name: str) -> None:
            before = self.__dict__.get(name, _MISSING)
            super().__delattr__(name)
            surroundings.note_patch(self, name, before)

    Watched.__name__ = "module"
    return Watched


def watch_mocks(surroundings: Surroundings) -> None:
    """Notes what `unittest.mock` sets in classes of the standard library; of modules `watch` does."""
    from unittest import mock

    class Patch(mock._patch):  # type: ignore[type-arg]
        def __enter__(self) -> Any:
            before = getattr(self.getter(), self.attribute, _MISSING)
            entered = super().__enter__()
            if isinstance(self.target, type):
                surroundings.note_patch(self.target, self.attribute, before)
            return entered

        def __exit__(self, *error: Any) -> Any:
            target = getattr(self, "target", None)
            left = super().__exit__(*error)
            if isinstance(target, type):
                surroundings.note_patch(target, self.attribute, _MISSING)
            return left

    mock._patch = Patch  # type: ignore[misc]
