"""What judges are told of a report: how the source was read and how its calls ended, not what they returned or wrote.

That is all they ask for, and a fraction of a large report, which would else be copied to each of them.
"""

from codearena.v1 import common_pb2, executor_pb2


def of(report: executor_pb2.Report) -> executor_pb2.Report:
    """The report without values, messages, output and measurements."""
    load = common_pb2.CallOutcome(status=report.load.status) if report.HasField("load") else None
    calls = [common_pb2.CallOutcome(call_id=call.call_id, status=call.status) for call in report.calls]
    return executor_pb2.Report(status=report.status, analysis=report.analysis, load=load, calls=calls)
