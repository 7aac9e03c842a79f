"""The fixtures that pytest itself has, as far as scripts of tasks use them."""

import contextlib
import io
import os
import pathlib
import sys
import tempfile
import types
import warnings
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from executor_service.runner.referee.surroundings import Surroundings


class CaptureResult(NamedTuple):
    """What was written since the last look."""

    out: str
    err: str


_MISSING: Any = object()


class Capture:
    """`capsys`, and `capfd`, which sees the same here."""

    def __init__(self) -> None:
        self._before = (sys.stdout, sys.stderr)
        sys.stdout, sys.stderr = self._streams = (io.StringIO(), io.StringIO())

    def readouterr(self) -> CaptureResult:
        captured = CaptureResult(*(stream.getvalue() for stream in self._streams))
        for stream in self._streams:
            stream.seek(0)
            stream.truncate()
        return captured

    @contextlib.contextmanager
    def disabled(self) -> Iterator[None]:
        sys.stdout, sys.stderr = self._before
        yield
        sys.stdout, sys.stderr = self._streams

    def close(self) -> None:
        sys.stdout, sys.stderr = self._before


class MonkeyPatch:
    """`monkeypatch`, and pytest.MonkeyPatch."""

    surroundings = Surroundings()

    def __init__(self) -> None:
        self._undo: list[Callable[[], object]] = []

    @classmethod
    @contextlib.contextmanager
    def context(cls) -> Iterator["MonkeyPatch"]:
        patch = cls()
        try:
            yield patch
        finally:
            patch.undo()

    def setattr(self, target: Any, name: Any, value: Any = _MISSING, raising: bool = True) -> None:
        if value is _MISSING:
            path, _, attribute = target.rpartition(".")
            target, name, value = _resolved(path), attribute, name
        before = getattr(target, name, _MISSING)
        if before is _MISSING and raising:
            raise AttributeError(f"{target!r} has no attribute {name!r}")
        if isinstance(target, type):
            before = target.__dict__.get(name, _MISSING)
        self._set(target, name, value)
        self._undo.append(lambda: self._set(target, name, before))

    def _set(self, target: Any, name: str, value: Any) -> None:
        before = getattr(target, name, _MISSING)
        if value is _MISSING:
            delattr(target, name)
        else:
            setattr(target, name, value)
        if type(target) is type:
            self.surroundings.note_patch(target, name, before)

    def delattr(self, target: Any, name: str = "", raising: bool = True) -> None:
        if not name:
            path, _, name = target.rpartition(".")
            target = _resolved(path)
        before = getattr(target, name, _MISSING)
        if before is _MISSING:
            if raising:
                raise AttributeError(name)
            return
        self._set(target, name, _MISSING)
        self._undo.append(lambda: self._set(target, name, before))

    def setitem(self, mapping: Any, key: Any, value: Any) -> None:
        before = mapping.get(key, _MISSING)
        mapping[key] = value
        self._undo.append(lambda: _put(mapping, key, before))

    def delitem(self, mapping: Any, key: Any, raising: bool = True) -> None:
        before = mapping.get(key, _MISSING)
        if before is _MISSING:
            if raising:
                raise KeyError(key)
            return
        del mapping[key]
        self._undo.append(lambda: _put(mapping, key, before))

    def setenv(self, name: str, value: str, prepend: str | None = None) -> None:
        if prepend and name in os.environ:
            value = f"{value}{prepend}{os.environ[name]}"
        self.setitem(os.environ, name, str(value))

    def delenv(self, name: str, raising: bool = True) -> None:
        self.delitem(os.environ, name, raising)

    def syspath_prepend(self, path: Any) -> None:
        before = list(sys.path)
        sys.path.insert(0, str(path))
        self._undo.append(lambda: sys.path.__setitem__(slice(None), before))

    def chdir(self, path: Any) -> None:
        before = os.getcwd()
        os.chdir(path)
        self._undo.append(lambda: os.chdir(before))

    def undo(self) -> None:
        while self._undo:
            self._undo.pop()()

    close = undo


def _put(mapping: Any, key: Any, value: Any) -> None:
    if value is _MISSING:
        mapping.pop(key, None)
    else:
        mapping[key] = value


def _resolved(path: str) -> Any:
    """What a dotted name stands for, which begins with a module."""
    import importlib

    parts = path.split(".")
    found: Any = importlib.import_module(parts[0])
    for part in parts[1:]:
        found = getattr(found, part, _MISSING)
        if found is _MISSING:
            return importlib.import_module(path)
    return found


class LogCapture:
    """`caplog`."""

    def __init__(self) -> None:
        import logging

        self.records: list[Any] = []
        self.handler = logging.Handler()
        self.handler.emit = self.records.append  # type: ignore[method-assign, assignment]
        self._root = logging.getLogger()
        self._levels: dict[Any, int] = {}
        self._root.addHandler(self.handler)

    @property
    def text(self) -> str:
        return "".join(
            f"{record.levelname:8} {record.name}:{record.filename}:{record.lineno} {record.getMessage()}\n"
            for record in self.records
        )

    @property
    def messages(self) -> list[str]:
        return [record.getMessage() for record in self.records]

    @property
    def record_tuples(self) -> list[tuple[str, int, str]]:
        return [(record.name, record.levelno, record.getMessage()) for record in self.records]

    def clear(self) -> None:
        self.records.clear()

    def set_level(self, level: Any, logger: str | None = None) -> None:
        import logging

        found = logging.getLogger(logger)
        self._levels.setdefault(found, found.level)
        found.setLevel(level)

    @contextlib.contextmanager
    def at_level(self, level: Any, logger: str | None = None) -> Iterator[None]:
        import logging

        found = logging.getLogger(logger)
        before = found.level
        found.setLevel(level)
        try:
            yield
        finally:
            found.setLevel(before)

    def close(self) -> None:
        self._root.removeHandler(self.handler)
        for logger, level in self._levels.items():
            logger.setLevel(level)


class WarningsRecorder(warnings.catch_warnings):
    """What `pytest.warns` and `recwarn` give."""

    def __init__(self) -> None:
        super().__init__(record=True)
        self.list: list[Any] = []

    def __enter__(self) -> "WarningsRecorder":  # type: ignore[override]
        found = super().__enter__()
        assert found is not None
        self.list = found
        warnings.simplefilter("always")
        return self

    def __iter__(self) -> Iterator[Any]:
        return iter(self.list)

    def __len__(self) -> int:
        return len(self.list)

    def __getitem__(self, index: int) -> Any:
        return self.list[index]

    def pop(self, category: type[Warning] = Warning) -> Any:
        for index, warning in enumerate(self.list):
            if issubclass(warning.category, category):
                return self.list.pop(index)
        raise AssertionError(f"{category!r} not found in warning list")

    def clear(self) -> None:
        self.list[:] = []

    def close(self) -> None:
        self.__exit__(None, None, None)


_KINDS: dict[str, Callable[[], Any]] = {
    "capsys": Capture,
    "capfd": Capture,
    "monkeypatch": MonkeyPatch,
    "caplog": LogCapture,
    "recwarn": lambda: WarningsRecorder().__enter__(),
}


class Own:
    """Makes pytest's own fixtures. folder: where those that are files are, for the script and the attempt alike."""

    def __init__(self, folder: Callable[[], str]) -> None:
        self._folder = folder

    def make(self, name: str) -> tuple[Any, Callable[[], object]] | None:
        """A fixture, and what ends it; None if there is none of that name."""
        if name in _KINDS:
            made = _KINDS[name]()
            return made, made.close
        if name in ("tmp_path", "tmpdir"):
            return self._made("test"), lambda: None
        if name == "tmp_path_factory":
            return types.SimpleNamespace(mktemp=lambda name, numbered=True: self._made(name)), lambda: None
        return None

    def _made(self, name: str) -> pathlib.Path:
        made = pathlib.Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self._folder()))
        made.chmod(0o777)  # the attempt's process has another uid
        return made
