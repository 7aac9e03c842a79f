"""What a workload may ask for. Pure checks against the settings; what fails one would fail on every executor."""

from collections.abc import Iterator

from codearena.errors import CallerError
from codearena.v1 import common_pb2, executor_pb2
from executor_service.codec import seconds
from executor_service.settings import Settings

WORKLOAD_BYTES = 16 * 1024 * 1024
"""Largest workload, as it comes over gRPC."""
ARGUMENT_BYTES = 64 * 1024
"""All arguments of one program."""
SCRIPT_BYTES = 1024 * 1024
"""Largest test script."""
SCRIPT_TESTS = 1024
"""Most tests in one."""
_CALL_ID_CHARACTERS = 256


def validate(workload: executor_pb2.Workload, settings: Settings) -> None:
    """Returns if the workload is well-formed and within the settings' limits.

    Raises:
        CallerError: it is not; the detail names the field.
    """
    for problem in _problems(workload, settings):
        raise CallerError(problem)


def _problems(workload: executor_pb2.Workload, settings: Settings) -> Iterator[str]:
    if workload.ByteSize() > WORKLOAD_BYTES:
        yield f"workload is larger than {WORKLOAD_BYTES} bytes"
    for name in ("source", "reference_source", "prelude", "driver"):
        if len(getattr(workload, name)) > settings.source_bytes:
            yield f"{name} is larger than {settings.source_bytes} bytes"
    yield from _limit_problems(workload.limits, settings)
    if not workload.calls and not workload.probe:
        yield "calls is empty, and there is no probe"
    if len(workload.calls) + len(workload.probe) > settings.calls:
        yield f"calls are more than {settings.calls}"
    if len({call.call_id for call in workload.calls}) != len(workload.calls):
        yield "two calls share a call_id"
    if workload.probe and seconds(workload.probe_cpu) <= 0:
        yield "a probe without probe_cpu"
    if any(point.call.WhichOneof("kind") != "function" for point in workload.probe):
        yield "a probe measures function calls only"
    for call in workload.calls:
        yield from _call_problems(call)
        if call.HasField("script"):
            yield from _script_problems(call.script, settings)
    for point in workload.probe:
        yield from _call_problems(point.call, packed=bool(point.packed_args))


def _limit_problems(limits: common_pb2.Limits, settings: Settings) -> Iterator[str]:
    asked: dict[str, tuple[float, float]] = {
        "call_cpu": (seconds(limits.call_cpu), settings.call_wall_s),
        "call_wall": (seconds(limits.call_wall), settings.call_wall_s),
        "attempt_wall": (seconds(limits.attempt_wall), settings.attempt_wall_s),
        "attempt_cpu": (seconds(limits.attempt_cpu), settings.attempt_wall_s),
        "calls_at_limit": (limits.calls_at_limit, settings.calls),
        "memory_bytes": (limits.memory_bytes, settings.memory_bytes),
        "processes": (limits.processes, settings.processes),
        "output_bytes": (limits.output_bytes, settings.output_bytes),
        "value_bytes": (limits.value_bytes, settings.value_bytes),
    }
    for name, (value, most) in asked.items():
        if value <= 0 and name != "output_bytes":
            yield f"limits.{name} must be positive"
        elif value < 0 or value > most:
            yield f"limits.{name} must be at most {most:g}"


def _call_problems(call: executor_pb2.Call, *, packed: bool = False) -> Iterator[str]:
    """packed: its arguments are elsewhere."""
    if not 0 < len(call.call_id) <= _CALL_ID_CHARACTERS:
        yield f"call_id must have 1 to {_CALL_ID_CHARACTERS} characters"
    kind = call.WhichOneof("kind")
    if kind is None:
        yield "a call has no kind"
    functions = [call.function] if kind == "function" else call.sequence.calls if kind == "sequence" else []
    if kind == "sequence" and not functions:
        yield "a sequence has no calls"
    if kind == "test_script":
        yield from _test_script_problems(call.test_script)
    for function in functions:
        if not function.entry_point:
            yield "a call has no entry_point"
        if not (function.args.json.isascii() and function.kwargs.json.isascii()):
            yield "encoded values must be ASCII"
        if bool(function.args.json) is packed or not function.kwargs.json:
            yield "a call lacks its args or kwargs, or has its args twice"
    if any(not name or "=" in name or "\0" in name + value for name, value in call.environment.items()):
        yield "an environment variable's name or value cannot be set"


def _script_problems(script: executor_pb2.Script, settings: Settings) -> Iterator[str]:
    if any("\0" in argument for argument in script.arguments):
        yield "an argument of a program has a NUL"
    if sum(len(argument.encode()) for argument in script.arguments) > ARGUMENT_BYTES:
        yield f"the arguments of a program are more than {ARGUMENT_BYTES} bytes"
    limits = script.limits
    asked: dict[str, tuple[bool, float, float]] = {
        "call_cpu": (limits.HasField("call_cpu"), seconds(limits.call_cpu), settings.call_wall_s),
        "call_wall": (limits.HasField("call_wall"), seconds(limits.call_wall), settings.call_wall_s),
        "memory_bytes": (limits.HasField("memory_bytes"), limits.memory_bytes, settings.memory_bytes),
    }
    for name, (is_set, value, most) in asked.items():
        if is_set and not 0 < value <= most:
            yield f"a script's limits.{name} must be positive and at most {most:g}"


def _test_script_problems(script: executor_pb2.TestScript) -> Iterator[str]:
    ids = [test.test_id for test in script.tests]
    if not 0 < len(ids) <= SCRIPT_TESTS:
        yield f"a test script must have 1 to {SCRIPT_TESTS} tests"
    if "" in ids or len(set(ids)) != len(ids):
        yield "tests of a script share an id, or have none"
    if len(script.source) > SCRIPT_BYTES:
        yield f"a test script is larger than {SCRIPT_BYTES} bytes"
    place = "line" if script.body else "name"
    if any(test.WhichOneof("place") != place for test in script.tests):
        yield f"a test of the script has no {place}"
