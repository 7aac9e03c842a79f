"""The few names of pytest that test scripts use, for a sandbox that has the standard library only."""

import contextlib
import importlib
import re
import types
import warnings
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any, NoReturn

from executor_service.runner.referee.fixtures import USED, fixture
from executor_service.runner.referee.fixtures_of_pytest import MonkeyPatch, WarningsRecorder

PARAMETERS = "_codearena_parameters"
"""Attribute of a test function: [(names, values)], one entry for each parametrize."""

MARKS = "_codearena_marks"
"""Attribute of a test function or class: why it is skipped, or expected to fail."""

_RELATIVE, _ABSOLUTE = 1e-6, 1e-12


class FailedError(AssertionError):
    """By pytest.fail, or because nothing was raised."""


class ExceptionInfo:
    """What `pytest.raises` caught."""

    def __init__(self) -> None:
        self.value: BaseException | None = None

    @property
    def type(self) -> type[BaseException]:
        if self.value is None:
            raise FailedError("nothing has been raised yet")
        return type(self.value)

    @property
    def typename(self) -> str:
        return self.type.__name__

    def exconly(self, tryshort: bool = False) -> str:
        return f"{self.typename}: {self.value}"

    def match(self, pattern: str) -> bool:
        if not re.search(pattern, str(self.value)):
            raise FailedError(f"{pattern!r} does not match {str(self.value)!r}")
        return True


@contextlib.contextmanager
def _raises(expected: Any, match: str | None) -> Iterator[ExceptionInfo]:
    caught = ExceptionInfo()
    try:
        yield caught
    except expected as error:
        caught.value = error
        if match is not None:
            caught.match(match)
        return
    raise FailedError(f"did not raise {expected!r}")


def raises(expected: Any, *call: Any, match: str | None = None, **kwargs: Any) -> Any:
    if not call:
        return _raises(expected, match)
    function, *args = call
    with _raises(expected, match) as caught:
        function(*args, **kwargs)
    return caught


class approx:  # noqa: N801 - pytest's name
    """Equal within a tolerance, for numbers and for lists, tuples and dicts of them."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, expected: Any, rel: float | None = None, abs: float | None = None, nan_ok: bool = False) -> None:
        self._expected, self._rel, self._abs, self._nan_ok = expected, rel, abs, nan_ok

    def __eq__(self, got: object) -> bool:
        return self._near(self._expected, got)

    def __repr__(self) -> str:
        return f"approx({self._expected!r})"

    def _near(self, expected: Any, got: Any) -> bool:
        if isinstance(expected, dict):
            return isinstance(got, dict) and expected.keys() == got.keys() and self._all(expected, got, expected)
        if isinstance(expected, (list, tuple)):
            same = isinstance(got, (list, tuple)) and len(expected) == len(got)
            return same and self._all(expected, got, range(len(expected)))
        if isinstance(expected, Decimal) or isinstance(got, Decimal):
            return self._near_decimal(expected, got)
        if not isinstance(expected, (int, float, complex)) or not isinstance(got, (int, float, complex)):
            return bool(expected == got)
        if expected == got or (self._nan_ok and expected != expected and got != got):
            return True
        relative = 0.0 if self._rel is None and self._abs is not None else (self._rel or _RELATIVE)
        absolute = _ABSOLUTE if self._abs is None else self._abs
        return abs(expected - got) <= max(relative * abs(expected), absolute) < float("inf")

    def _near_decimal(self, expected: Any, got: Any) -> bool:
        if not isinstance(expected, (int, Decimal)) or not isinstance(got, (int, Decimal)):
            return bool(expected == got)
        relative = Decimal(str(_RELATIVE if self._rel is None else self._rel))
        absolute = Decimal(str(_ABSOLUTE if self._abs is None else self._abs))
        return bool(abs(Decimal(expected) - Decimal(got)) <= max(relative * abs(Decimal(expected)), absolute))

    def _all(self, expected: Any, got: Any, keys: Any) -> bool:
        return all(self._near(expected[key], got[key]) for key in keys)


@contextlib.contextmanager
def _warns(expected: Any, match: str | None) -> Iterator[WarningsRecorder]:
    with WarningsRecorder() as recorder:
        yield recorder
    found = [warning for warning in recorder if issubclass(warning.category, expected)]
    if not any(match is None or re.search(match, str(warning.message)) for warning in found):
        raise FailedError(f"DID NOT WARN with {expected!r}")
    for warning in recorder:
        if warning not in found:
            warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)


def warns(expected: Any = Warning, *call: Any, match: str | None = None, **kwargs: Any) -> Any:
    if not call:
        return _warns(expected, match)
    with _warns(expected, match):
        return call[0](*call[1:], **kwargs)


def deprecated_call(*call: Any, **kwargs: Any) -> Any:
    return warns((DeprecationWarning, PendingDeprecationWarning), *call, **kwargs)


def fail(reason: str = "", pytrace: bool = True) -> NoReturn:
    raise FailedError(reason)


def skip(reason: str = "", **_: Any) -> NoReturn:
    raise FailedError(f"was skipped, and so did not run: {reason}")


def xfail(reason: str = "") -> NoReturn:
    raise FailedError(f"is expected to fail: {reason}")


def importorskip(name: str, *_: Any, **__: Any) -> Any:
    return importlib.import_module(name)


class _Mark:
    """pytest.mark: parametrize is kept, any other mark changes nothing."""

    @staticmethod
    def parametrize(names: str | Sequence[str], cases: Sequence[Any], **_: Any) -> Callable[[Any], Any]:
        split = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)

        def marked(function: Any) -> Any:
            entries = getattr(function, PARAMETERS, [])
            setattr(function, PARAMETERS, [*entries, (split, list(cases))])
            return function

        return marked

    @staticmethod
    def usefixtures(*names: str) -> Callable[[Any], Any]:
        return lambda marked: _with(marked, USED, names)

    @staticmethod
    def skip(*args: Any, reason: str = "") -> Any:
        if args and callable(args[0]):
            return _with(args[0], MARKS, ("is skipped",))
        return lambda marked: _with(marked, MARKS, (f"is skipped: {args[0] if args else reason}",))

    @staticmethod
    def skipif(condition: Any, *, reason: str = "") -> Callable[[Any], Any]:
        return lambda marked: _with(marked, MARKS, (f"is skipped: {reason}",)) if condition else marked

    @staticmethod
    def xfail(*args: Any, **_: Any) -> Any:
        if args and callable(args[0]):
            return _with(args[0], MARKS, ("is expected to fail",))
        return lambda marked: _with(marked, MARKS, ("is expected to fail",))

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def mark(*args: Any, **_: Any) -> Any:
            return args[0] if args and callable(args[0]) else lambda function: function

        return mark


def _with(marked: Any, attribute: str, more: tuple[Any, ...]) -> Any:
    setattr(marked, attribute, (*getattr(marked, attribute, ()), *more))
    return marked


def module() -> types.ModuleType:
    """A module to stand in sys.modules under the name pytest."""
    made = types.ModuleType("pytest")
    made.__dict__.update(raises=raises, approx=approx, fail=fail, skip=skip, xfail=xfail, mark=_Mark(), param=_param)
    made.__dict__.update(fixture=fixture, warns=warns, deprecated_call=deprecated_call, importorskip=importorskip)
    made.__dict__.update(MonkeyPatch=MonkeyPatch, ExceptionInfo=ExceptionInfo)
    # For annotations alone.
    made.__dict__.update(dict.fromkeys(("CaptureFixture", "LogCaptureFixture", "FixtureRequest"), Any))
    return made


class Param(tuple):  # type: ignore[type-arg]
    """One case of a parametrize."""


def _param(*values: Any, **_: Any) -> Param:
    return Param(values)
