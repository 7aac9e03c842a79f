"""What a test script has changed around the attempt, and what the attempt does beside returning: the worker's side.

In one process a script that patches `time.sleep`, sets an environment variable or captures stdout does it to the
attempt as well. Here the referee tells of it (surroundings.py), and is told what was printed, warned and logged.
"""

import io
import os
import random
import sys
import warnings
from collections.abc import Callable
from typing import Any

_MOST_CHARACTERS = 2 * 1024 * 1024  # of output that is told of; all of it is in the process's own streams too
_STREAMS = ("stdout", "stderr")

Effect = tuple[Any, ...]


class _Told(io.TextIOBase):
    """Keeps what is written for the script, and writes it."""

    def __init__(self, name: str, inner: Any, keep: Callable[[str, str], None]) -> None:
        self._name, self._inner, self._keep = name, inner, keep

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._keep(self._name, text)
        self._inner.write(text)
        return len(text)

    def flush(self) -> None:
        self._inner.flush()

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return int(self._inner.fileno())

    @property
    def encoding(self) -> Any:  # type: ignore[override]
        return self._inner.encoding

    @property
    def buffer(self) -> Any:
        return self._inner.buffer


class Effects:
    """begin: does what the referee tells of; take: what has happened since it was last taken."""

    def __init__(self) -> None:
        self._effects: list[Effect] = []
        self._characters = 0
        self._streams = {name: getattr(sys, name) for name in _STREAMS}
        self._environment = dict(os.environ)
        self._originals: dict[tuple[int, str], tuple[Any, Any]] = {}
        self._random: Any = None  # the state that the script knows of, if it has asked for it
        self._settings: dict[str, Callable[[Any], None]] = {
            "environment": self._set_environment,
            "folder": self._change_folder,
            "random": self._set_random,
            "capture": self._capture,
            "warnings": self._hear_warnings,
            "logging": self._hear_logging,
            "patched": self._patch,
        }

    def begin(self, told: tuple[tuple[str, Any], ...]) -> None:
        for name, value in told:
            self._settings[name](value)

    def undo(self) -> None:
        """Takes back what the script had patched."""
        for (_, name), (target, value) in self._originals.items():
            setattr(target, name, value)
        self._originals.clear()
        self._capture(False)

    def take(self) -> tuple[Effect, ...]:
        environment = dict(os.environ)
        if environment != self._environment:
            self._environment = environment
            self._effects.append(("environment", tuple(environment.items())))
        if self._random is not None and (state := random.getstate()) != self._random:
            self._random = state
            self._effects.append(("random", state))
        taken = tuple(self._effects)
        self._effects.clear()
        self._characters = 0
        return taken

    def _set_random(self, state: Any) -> None:
        self._random = state
        random.setstate(state)

    def _set_environment(self, pairs: tuple[tuple[str, str], ...]) -> None:
        self._environment = dict(pairs)
        for name in os.environ.keys() - self._environment.keys():
            del os.environ[name]
        os.environ.update(self._environment)

    @staticmethod
    def _change_folder(folder: str) -> None:
        os.chdir(folder)
        os.umask(0)  # the script has another uid, and may read and change what is written there

    def _capture(self, is_captured: bool) -> None:
        for name, stream in self._streams.items():
            present = getattr(sys, name)
            if is_captured and present is stream:
                setattr(sys, name, _Told(name, stream, self._written))
            elif not is_captured and isinstance(present, _Told):
                setattr(sys, name, stream)

    def _written(self, name: str, text: str) -> None:
        self._characters += len(text)
        if self._characters <= _MOST_CHARACTERS:
            self._effects.append(("written", name, text))

    def _hear_warnings(self, is_heard: bool) -> None:
        def show(message: Warning, category: type[Warning], *_: Any, **__: Any) -> None:
            self._effects.append(("warning", message, category))

        warnings.simplefilter("always")
        warnings.showwarning = show  # type: ignore[assignment]

    def _hear_logging(self, is_heard: bool) -> None:
        import logging  # large, and few scripts look for what is logged

        def tell(record: logging.LogRecord) -> None:
            self._effects.append(("log", record.name, record.levelno, record.getMessage(), record.funcName))

        handler = logging.Handler()
        handler.emit = tell  # type: ignore[method-assign]
        logging.getLogger().addHandler(handler)
        logging.getLogger().setLevel(1)

    def _patch(self, patches: tuple[tuple[Any, str, bool, Any], ...]) -> None:
        """patches: what has an attribute, its name, whether it has its own value again, and the other value if not."""
        for target, name, is_restored, value in patches:
            key = (id(target), name)
            if is_restored:
                value = self._originals.pop(key, (target, getattr(target, name, None)))[1]
            else:
                self._originals.setdefault(key, (target, getattr(target, name, None)))
            setattr(target, name, value)
