"""The process in which the attempt runs: loads the source, answers one message at a time.

Nothing here is a secret and nothing here is trusted: the attempt shares this process and may change all of it. Its
answers say what its own calls returned, and nothing else.

An answer is: the message's nonce, one status byte (index into ALL_STATUSES), 4 bytes length of the meta JSON, the meta
JSON, and the encoded value.
"""

import _thread  # what `threading` makes of it few attempts need
import base64
import builtins
import contextlib
import json
import os
import struct
import sys
import traceback
from collections.abc import Callable
from types import CodeType
from typing import Any

from codearena import values
from executor_service.runner.attempt import entry_point, intercept, module, program, rules
from executor_service.runner.probe import deep, lending, raw
from executor_service.runner.probe.phases import Input, Phases
from executor_service.runner.referee.applied import is_out_of_processes
from executor_service.runner.referee.handles import Handles
from executor_service.runner.referee.limiter import Limiter, LimitReachedError
from executor_service.runner.report import CallStatus
from executor_service.runner.system import frames, kernel
from executor_service.runner.system.roles import ProcessLimits, limit

STATUSES = (
    CallStatus.RETURNED,
    CallStatus.RAISED,
    CallStatus.MEMORY_LIMIT,
    CallStatus.OUTPUT_LIMIT,
    CallStatus.PROCESS_LIMIT,
    CallStatus.UNENCODABLE,
    CallStatus.UNDEFINED,
)
STATUSES_OF_REQUESTS = (CallStatus.ASKS, CallStatus.TIME_LIMIT)
"""What else a request of a test script may be answered with: a question, or a limit that did not end the process."""
ALL_STATUSES = (*STATUSES, *STATUSES_OF_REQUESTS, CallStatus.UNCOMPILED)
META = struct.Struct(">I")
META_ERROR = struct.error

_MESSAGE_KEPT = 2000
_TRACEBACK_KEPT = 4000
_BASES_KEPT = 10
# By identity: a class of the attempt may say that it is of the builtins, and so may anything put there later.
_BUILTIN_EXCEPTIONS = {
    id(kind): name
    for name, kind in vars(builtins).items()
    if isinstance(kind, type) and issubclass(kind, BaseException) and kind.__name__ == name
}


def main(command_fd: int, result_fd: int) -> int:
    """Answers messages until the pipe ends; returns the exit status."""
    open_streams()
    return _Session(command_fd, result_fd).serve()


def open_streams() -> None:
    """Streams of this process's own: those inherited belong to the supervisor. By line, so that a kill loses little."""
    sys.stdin = open(0, encoding="utf-8", errors="surrogateescape", closefd=False)  # noqa: SIM115 - for the process's life
    sys.stdout = open(1, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)  # noqa: SIM115


def _answer(status: CallStatus, value: bytes = b"", **meta: Any) -> bytes:
    encoded = json.dumps(meta).encode("ascii")
    return bytes([ALL_STATUSES.index(status)]) + META.pack(len(encoded)) + encoded + value


def _sources(message: dict[str, Any]) -> module.Sources:
    return module.Sources(*(base64.b64decode(message[name]) for name in ("prelude", "source", "driver")))


class _Session:
    def __init__(self, command_fd: int, result_fd: int) -> None:
        self._fds = (command_fd, result_fd)
        self._nonce = b""
        self._module = module.make(b"")
        self._lines: list[str] = []
        self._limits = values.DEFAULT_LIMITS
        self._environment = dict(os.environ)
        self._phases = Phases()
        self._handles: Handles | None = None
        self._limiter = Limiter()
        self._turn = _thread.RLock()  # of who may speak: whoever holds it. At rest that is this thread
        self._turn.acquire()

    def serve(self) -> int:
        while (message := self._receive()) is not None:
            if "limits" in message:
                limit(ProcessLimits(**message["limits"]))
            handler: Callable[[dict[str, Any]], bytes] = getattr(self, message["op"])  # its public methods
            answer = handler(message)
            for stream in (sys.stdout, sys.stderr):
                with contextlib.suppress(Exception):  # the attempt may have closed or replaced them
                    stream.flush()
            self._send(answer)
        return 0

    def _receive(self) -> dict[str, Any] | None:
        """The next message; None once there will be none."""
        body = frames.read_frame(self._fds[0])
        if body is None:
            return None
        message: dict[str, Any] = json.loads(body)
        self._nonce = bytes.fromhex(message["nonce"])
        return message

    def _send(self, answer: bytes) -> None:
        frames.write_all(self._fds[1], frames.pack(self._nonce + answer))

    def _borrow(self, index: int) -> Any:
        """One item of the lent list, from the conductor."""
        self._send(lending.request(index))
        message = self._receive()
        if message is None:
            os._exit(0)  # nobody is left to read for
        return lending.read_value(message)

    def load(self, message: dict[str, Any]) -> bytes:
        self._limits = values.ValueLimits(size_bytes=message["value_bytes"])
        if message["core"] is not None:
            kernel.stay_on(message["core"])
        if message["intercept"]:
            intercept.install()
            with contextlib.suppress(OSError):  # where the kernel has no filters it still counts processes: witness.py
                kernel.refuse_programs()
        if message["uncounted"]:
            with contextlib.suppress(OSError):
                kernel.keep_children_counted()
        sources = _sources(message)
        try:
            codes = sources.compiled()
        except module.UncompiledError as error:
            return _answer(CallStatus.UNCOMPILED, problem=error.problem)
        return self._guarded(lambda: self._execute(sources.source, codes, message["rules"]))

    def _execute(self, source: bytes, codes: tuple[CodeType, CodeType, CodeType], kept: dict[str, Any]) -> None:
        module.add_site_builtins()
        self._lines = module.source_lines(source)  # before the attempt has a codec or a tokenizer of its own
        self._module = module.make(source)
        sys.modules[module.NAME] = self._module
        prelude, code, driver = codes
        exec(prelude, self._module.__dict__)
        rules.keep(kept["events"], (code, driver), kept["page"])
        exec(code, self._module.__dict__)
        exec(driver, self._module.__dict__)

    def call(self, message: dict[str, Any]) -> bytes:
        self._surround(message)
        if "function" in message:
            return self._guarded(lambda: self._function(message["function"]))
        return self._guarded(lambda: self._sequence(message["sequence"]["calls"]))

    def _surround(self, message: dict[str, Any]) -> None:
        intercept.records.clear()
        os.environ.clear()
        os.environ.update({**self._environment, **message["environment"]})

    def find(self, message: dict[str, Any]) -> bytes:
        """Whether there is an entry point, before a test script is run on it."""
        return self._guarded(lambda: self._resolve(message["entry_point"]) is not None)

    def prepare(self, message: dict[str, Any]) -> bytes:
        self._surround(message)
        deep.allow()
        call, made = message["calls"][0], Input(message["vary"], message["lend"], self._borrow)
        return self._guarded(lambda: self._phases.prepare(self._resolve(call["entry_point"]), call, made))

    def repeat(self, message: dict[str, Any]) -> bytes:
        return self._guarded(lambda: self._phases.repeat(message["times"]))

    def invoke(self, message: dict[str, Any]) -> bytes:
        self._phases.invoke()
        return _answer(CallStatus.RETURNED)

    def collect(self, message: dict[str, Any]) -> bytes:
        return self._guarded(self._phases.collect, self._written)

    def _written(self, value: object) -> bytes:
        """Raw where that can be, since the attempt pays for it."""
        data = raw.dumps(value)
        return values.encode(value, self._limits) if data is None else raw.MARK + data

    def apply(self, message: dict[str, Any]) -> bytes:
        """One function on kept objects, for the referee. Meanwhile the attempt may ask about what it was lent."""
        if self._handles is not None and message["fresh"]:
            self._handles.end()
        if self._handles is None or message["fresh"]:
            self._handles = Handles(self._module, self._limits, self._describe, self._ask)
        intercept.records.clear()
        handles, request = self._handles, message["request"]
        self._limiter.told(message["soft_s"])
        self._turn.release()  # threads of the attempt's may ask from here on
        try:
            return self._guarded(lambda: handles.apply(request, self._limiter), bytes)
        finally:
            self._turn.acquire()

    def _ask(self, question: str) -> str | None:
        """The referee's answer to a question on what it lent; None: the test is over. Before it, it may ask in turn."""
        with self._turn:
            self._send(_answer(CallStatus.ASKS, question.encode("ascii")))
            while True:
                message = self._receive()
                if message is None:
                    os._exit(0)  # nobody is left to ask
                if message["op"] == "back":
                    self._limiter.told(message["soft_s"])
                    answer: str | None = message["answer"]
                    return answer
                self._send(self.apply(message))

    def _function(self, call: dict[str, Any]) -> Any:
        return self._invoke(self._resolve(call["entry_point"]), call)

    def _sequence(self, calls: list[dict[str, Any]]) -> Any:
        target = self._function(calls[0])
        return [self._invoke(entry_point.callable_of(target, call["entry_point"]), call) for call in calls[1:]]

    def _resolve(self, name: str) -> Callable[..., Any]:
        return entry_point.callable_at(self._module, name)

    @staticmethod
    def _invoke(function: Any, call: dict[str, Any]) -> Any:
        args = values.decode(call["args"].encode("ascii"))
        kwargs = values.decode(call["kwargs"].encode("ascii"))
        returned = function(*args, **kwargs)
        return args[call["result_argument"]] if "result_argument" in call else returned

    def _guarded(self, work: Callable[[], Any], encode: Callable[[Any], bytes] | None = None) -> bytes:
        """Runs the attempt's code; whatever it does short of ending the process becomes an answer."""
        try:
            value = encode(work()) if encode else values.encode(work(), self._limits)
        except values.ValueTooLargeError as error:
            return _answer(CallStatus.OUTPUT_LIMIT, detail=str(error), processes=intercept.records)
        except values.UnencodableError as error:
            return _answer(CallStatus.UNENCODABLE, detail=str(error), processes=intercept.records)
        except LimitReachedError:
            return _answer(CallStatus.TIME_LIMIT, detail="exceeded its time limit", processes=[])
        except entry_point.UndefinedError as error:
            return _answer(CallStatus.UNDEFINED, detail=str(error), processes=intercept.records)
        except BaseException as error:  # noqa: BLE001 - SystemExit and KeyboardInterrupt are outcomes of a call too
            return self._raised(error)
        return _answer(CallStatus.RETURNED, value, processes=intercept.records)

    def _raised(self, error: BaseException) -> bytes:
        if isinstance(error, MemoryError):
            return _answer(CallStatus.MEMORY_LIMIT, detail="MemoryError", processes=[])
        if is_out_of_processes(error):
            return _answer(CallStatus.PROCESS_LIMIT, detail="no further process or thread could be made", processes=[])
        return _answer(CallStatus.RAISED, raised=self._describe(error), processes=intercept.records)

    def _describe(self, error: BaseException) -> dict[str, Any]:
        kind = type(error)
        bases = [_BUILTIN_EXCEPTIONS[id(base)] for base in kind.__mro__ if id(base) in _BUILTIN_EXCEPTIONS]
        try:
            message = str(error)
        except BaseException:  # noqa: BLE001 - its __str__ is the attempt's code
            message = "<an exception whose text could not be read>"
        return {
            "type": kind.__name__[:200],
            "builtin_bases": bases[:_BASES_KEPT],
            "message": message[:_MESSAGE_KEPT],
            "traceback": self._traceback(error)[-_TRACEBACK_KEPT:],
        }

    def _traceback(self, error: BaseException) -> str:
        """The frames that lie in the attempt's source, with their lines."""
        parts = []
        for frame, line in traceback.walk_tb(error.__traceback__):
            if frame.f_code.co_filename == module.SOURCE_NAME:
                text = self._lines[line - 1].strip() if 0 < line <= len(self._lines) else ""
                parts.append(f'  File "{module.SOURCE_NAME}", line {line}, in {frame.f_code.co_name}\n    {text}\n')
        if len(parts) > 20:  # recursion
            parts = [*parts[:10], "  ...\n", *parts[-10:]]
        return "".join(parts)

    def script(self, message: dict[str, Any]) -> bytes:
        """Becomes the source as a program, and so answers only where it could not."""
        for fd in self._fds:
            os.set_inheritable(fd, False)
        sources = _sources(message)
        try:
            if not message["compiles"]:
                sources.compiled()
        except module.UncompiledError as error:
            return _answer(CallStatus.UNCOMPILED, problem=error.problem)
        return self._guarded(lambda: program.become(sources, message["arguments"], message["environment"]))
