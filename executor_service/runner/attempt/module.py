"""The attempt as a module, with what the interpreter gives to one that it has read from a file."""

import __future__

import builtins
import functools
import operator
import site
import types
import warnings
from dataclasses import dataclass
from importlib.machinery import ModuleSpec, SourceFileLoader

NAME = "fix"
SOURCE_NAME = "fix.py"
"""The file name in tracebacks and problems."""
PRELUDE_NAME, DRIVER_NAME = "prelude.py", "driver.py"
"""Those of the task's own code around the attempt's."""
_FUTURES: int = functools.reduce(
    operator.or_, (getattr(__future__, name).compiler_flag for name in __future__.all_feature_names)
)

# What the parser and the compiler raise on some text: NUL bytes and undecodable text (ValueError), an unknown coding
# cookie (LookupError), nesting or size beyond their own limits (the rest; SystemError marks a parser bug, not ours).
_COMPILER_ERRORS = (SyntaxError, ValueError, LookupError, RecursionError, MemoryError, OverflowError, SystemError)


class UncompiledError(Exception):
    """The source does not compile. problem: `SyntaxProblem` in executor.proto."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        found = error if isinstance(error, SyntaxError) else SyntaxError()
        self.problem = {
            "type": type(error).__name__,
            "message": found.msg or str(error),
            "line": found.lineno or 0,
            "column": found.offset or 0,
            "text": (found.text or "").strip(),
        }


def compile_source(source: bytes, name: str = SOURCE_NAME, after: types.CodeType | None = None) -> types.CodeType:
    """The source's code object. after: code that runs before it, whose __future__ imports hold in it.

    Raises:
        UncompiledError: it does not compile.
    """
    flags = _futures_of(after) if after is not None else 0
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            code: types.CodeType = compile(source, name, "exec", flags, dont_inherit=True)
    except _COMPILER_ERRORS as error:
        raise UncompiledError(error) from None
    return code


def _futures_of(code: types.CodeType) -> int:
    return int(code.co_flags) & _FUTURES


@dataclass(frozen=True)
class Sources:
    """What is run in the module: the task's prelude, the attempt's own source, and the task's driver."""

    prelude: bytes
    source: bytes
    driver: bytes

    def compiled(self) -> tuple[types.CodeType, types.CodeType, types.CodeType]:
        """Their code, in order. Raises UncompiledError of the first that does not compile."""
        before = compile_source(self.prelude, PRELUDE_NAME)
        return before, compile_source(self.source, after=before), compile_source(self.driver, DRIVER_NAME, before)

    @property
    def futures(self) -> int:
        """The compiler's flags of the prelude's __future__ imports. Raises UncompiledError."""
        return _futures_of(compile_source(self.prelude, PRELUDE_NAME))


class _Loader(SourceFileLoader):
    """Says what the source is, to whoever asks the module: tracebacks, inspect. Nothing is read before that."""

    def __init__(self, source: bytes) -> None:
        super().__init__(NAME, SOURCE_NAME)
        self._source = source

    def get_data(self, path: str) -> bytes:
        return self._source


def make(source: bytes) -> types.ModuleType:
    """The module that the source is to be run in."""
    module = types.ModuleType(NAME)
    loader = _Loader(source)
    spec = ModuleSpec(NAME, loader, origin=SOURCE_NAME)
    module.__dict__.update(__file__=SOURCE_NAME, __builtins__=builtins, __loader__=loader, __spec__=spec)
    return module


def add_site_builtins() -> None:
    """exit, quit, help and the like, which an interpreter started with -S lacks."""
    site.setquit()
    site.setcopyright()
    site.sethelper()


def source_lines(source: bytes) -> list[str]:
    """The lines as the interpreter counts them: they end at a line feed, at a carriage return, or at both in a row.

    Not as `str.splitlines`, to which form feeds, separators and more end a line.
    """
    try:
        text = _Loader(source).get_source(NAME)
    except (SyntaxError, ValueError, LookupError):  # it cannot be decoded, and so was not compiled either
        text = None
    if text is None:
        text = source.decode("utf-8", "replace")
    return text.split("\n")
