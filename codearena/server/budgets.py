"""How long one attempt may take, layer by layer, added up in one place. All in seconds of wall time.

    runner      loads and calls, for the reference too where there is one; each grown by the time in which the host gave
                the attempt no core, up to STARVED_TIMES times as much
    executor    the runner's, and REPORT_GRACE_S for a runner that does not answer at all
    gateway     the executor's, after a wait for a sandbox that is counted apart, and CALL_GRACE_S for the network

So each layer outlasts the one below it, and an attempt that has a sandbox is never cut off by a deadline: what it did
until its own limit is its verdict. Waiting is bounded by itself, wherever it happens.
"""

from codearena.v1 import common_pb2

STARVED_TIMES = 19.0
"""A wall limit grows by at most so many times itself, for time in which the host had no core for the attempt.

A host that is busier than that can say nothing of an attempt: that is a failure of ours.
"""
REPORT_GRACE_S = 10.0
"""After all limits of a workload, before its runner is given up."""
CALL_GRACE_S = 5.0
"""After that, before a call to an executor is given up."""
JUDGE_S = 60.0
"""Longest call to the judge, the reading of a source or a model's answer included."""
GRADER_S = 60.0
"""Longest call to the grader, a task's own checker included."""

_ANALYSIS_S = 0.5
_ANALYSIS_S_PER_BYTE = 30e-6


def analysis_s(source_bytes: int) -> float:
    """For reading a source before it runs, in CPU time. Its wall time may be STARVED_TIMES longer, as all others.

    That is three times what the slowest sources of each size were seen to take.
    """
    return _ANALYSIS_S + _ANALYSIS_S_PER_BYTE * source_bytes


def longest_run_s(limits: common_pb2.Limits, *, with_reference: bool) -> float:
    """From the workload to its report, on a host as busy as can be allowed for."""
    runs = 2 if with_reference else 1
    attempt_wall_s = limits.attempt_wall.seconds + limits.attempt_wall.nanos / 1e9
    return (1 + STARVED_TIMES) * runs * attempt_wall_s


def longest_execution_s(limits: common_pb2.Limits, *, with_reference: bool) -> float:
    """Of an executor, from a sandbox to its answer."""
    return longest_run_s(limits, with_reference=with_reference) + REPORT_GRACE_S


def longest_call_s(limits: common_pb2.Limits, *, with_reference: bool) -> float:
    """Of the gateway to an executor, after the wait for a sandbox."""
    return longest_execution_s(limits, with_reference=with_reference) + CALL_GRACE_S
