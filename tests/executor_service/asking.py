"""Asks an executor over gRPC for one workload, as a gateway does."""

from typing import Any

from codearena.v1 import executor_pb2


async def report_of(stub: Any, workload: executor_pb2.Workload) -> executor_pb2.Report:
    """The report; raises what the call ends with instead."""
    call = stub.Attempt(timeout=300)
    await call.write(executor_pb2.AttemptRequest(attempt_id="test", workload=workload))
    response: executor_pb2.AttemptResponse = await call.read()
    await call.done_writing()
    return response.report
