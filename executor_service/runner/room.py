"""Room in a report: how much the outcomes of one source may say there, counted as it is written.

All that an outcome says is the attempt's to choose, and what is written of it may be twelve times as long. So it is
measured by what is written, and an outcome for which there is no room says less: it is there all the same.
"""

from dataclasses import replace

from executor_service.runner.report import CallOutcome, CallStatus, Output, written

REPORT_BYTES = 24 * 1024 * 1024
"""Longest report, as JSON; as protobuf it is shorter.

The grader is sent two, of the calls and of a measurement, in one gRPC message of 64 MiB: 16 MiB are left for all else,
and a request that has room for one more measurement, by the grader's count, has it.
"""
_BARE_BYTES = 1024  # of an outcome that says nothing: call_id, status, detail, usage. They are always there
_LITTLE = 50  # characters, each of which may be written as twelve
_BESIDE = 2  # outcomes beside those of calls: of the load, and, as one, all that is said of the report as a whole
_ARGUMENT_BYTES = 100  # what one of a process counts for: the executor makes an object of each, however short it is
_TOO_MUCH = "said too much over all calls"


class Room:
    """What is left for the outcomes of one source. outcomes: how many there will be."""

    def __init__(self, size_bytes: int, outcomes: int) -> None:
        self._left_bytes = max(0, size_bytes - (outcomes + _BESIDE) * _BARE_BYTES)
        # Half of the room, since base64 is a third longer: what is printed must not leave none for what is returned.
        self._printed_left_bytes = self._left_bytes * 3 // 8

    def take(self, size_bytes: int) -> bool:
        """Takes so much, or nothing if that is not left."""
        if size_bytes > self._left_bytes:
            return False
        self._left_bytes -= size_bytes
        return True

    def fit(self, outcome: CallOutcome) -> CallOutcome:
        """The outcome, or that without what it printed, if there is room; else one that tells that it said too much."""
        printed_bytes = _printed_bytes(outcome)
        if _says_little(outcome, printed_bytes):
            return outcome
        if _value_bytes(outcome) <= self._left_bytes:  # to write one is work too
            if printed_bytes <= self._printed_left_bytes and self.take(_said_bytes(outcome)):
                self._printed_left_bytes -= printed_bytes
                return outcome
            if self.take(_said_bytes(silent := _silent(outcome))):
                return silent
        return CallOutcome(
            outcome.call_id,
            CallStatus.OUTPUT_LIMIT,
            detail=_TOO_MUCH,
            usage=outcome.usage,
            overhead_cpu_s=outcome.overhead_cpu_s,
        )


def _says_little(outcome: CallOutcome, printed_bytes: int) -> bool:
    """Whether it is as short as what is always there, and so need not be written to be counted. Most are."""
    texts = (outcome.call_id, outcome.value or "", outcome.detail)
    others = outcome.raised or outcome.processes or outcome.script_tests or outcome.precedent
    return not others and sum(map(len, texts)) + printed_bytes <= _LITTLE


def _value_bytes(outcome: CallOutcome) -> int:
    """Of what is written."""
    value = outcome.value or ""
    return len(value) + value.count('"') + value.count("\\")


def _said_bytes(outcome: CallOutcome) -> int:
    """Of what is written, beyond what is always there."""
    arguments = sum(len(process.argv) for process in outcome.processes)
    return max(0, len(written(outcome)) + _ARGUMENT_BYTES * arguments - _BARE_BYTES)


def without_output(outcome: CallOutcome) -> CallOutcome:
    """Of what it printed how much it was, and nothing else."""
    return replace(outcome, stdout=_left_out(outcome.stdout), stderr=_left_out(outcome.stderr))


def _silent(outcome: CallOutcome) -> CallOutcome:
    """Without what it printed that it is not graded by. A program is graded by its stdout."""
    if outcome.returned and outcome.value is None and not outcome.script_tests:
        return replace(outcome, stderr=_left_out(outcome.stderr))
    tests = tuple(
        replace(test, stdout=_left_out(test.stdout), stderr=_left_out(test.stderr)) for test in outcome.script_tests
    )
    return replace(without_output(outcome), script_tests=tests)


def _printed_bytes(outcome: CallOutcome) -> int:
    streams = [outcome.stdout, outcome.stderr]
    for test in outcome.script_tests:
        streams += [test.stdout, test.stderr]
    return sum(len(stream.head) + len(stream.tail) for stream in streams)


def _left_out(stream: Output) -> Output:
    return Output(truncated=stream.total_bytes > 0, total_bytes=stream.total_bytes)
