"""What callers and servicers see of each other is the same over sockets and within one event loop."""

import asyncio
import contextvars
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from prometheus_client import REGISTRY

from codearena.errors import (
    CallerError,
    CodeArenaError,
    DeadlineError,
    OverloadedError,
    SandboxError,
    ServiceError,
)
from codearena.server import rpc, telemetry
from codearena.v1 import executor_pb2, executor_pb2_grpc, grader_pb2, grader_pb2_grpc, judge_pb2, judge_pb2_grpc

SERVICE = "codearena.v1.GraderService"
Answer = Callable[[grader_pb2.GradeRequest, rpc.Context], Awaitable[grader_pb2.GradeResponse]]

pytestmark = pytest.mark.parametrize("transport", ["sockets", "in_process"])


class Servicer(grader_pb2_grpc.GraderServiceServicer):
    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    async def Grade(self, request: grader_pb2.GradeRequest, context: rpc.Context) -> grader_pb2.GradeResponse:  # noqa: N802
        return await self._answer(request, context)


def said(text: str) -> grader_pb2.GradeResponse:
    return grader_pb2.GradeResponse(verdict=grader_pb2.Verdict(hint=text))


async def fine(request: grader_pb2.GradeRequest, _: rpc.Context) -> grader_pb2.GradeResponse:
    return said(request.attempt_id)


class Held:
    """An answer that comes when it is let go. lets_go: whether it ends when it is cancelled."""

    def __init__(self, *, lets_go: bool = True) -> None:
        self.entered, self.released, self.cancelled = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._lets_go = lets_go

    async def __call__(self, _: grader_pb2.GradeRequest, __: rpc.Context) -> grader_pb2.GradeResponse:
        self.entered.set()
        try:
            await self.released.wait()
        except asyncio.CancelledError:
            self.cancelled.set()
            if self._lets_go:
                raise
            await self.released.wait()
        return said("released")


async def started(answer: Answer, transport: str) -> tuple[rpc.Server, str]:
    """A server and its address."""
    servicer = Servicer(answer)
    server = rpc.Server([SERVICE], lambda inner: grader_pb2_grpc.add_GraderServiceServicer_to_server(servicer, inner))
    port = await server.start("127.0.0.1:0")
    await server.set_serving(True)
    return server, f"127.0.0.1:{port}" if transport == "sockets" else rpc.in_process(port)


@asynccontextmanager
async def connected(answer: Answer, transport: str) -> AsyncIterator[grpc.aio.Channel]:
    server, address = await started(answer, transport)
    try:
        async with rpc.channel(address) as channel:
            yield channel
    finally:
        await server.drain(0)


async def grade(channel: grpc.aio.Channel, attempt_id: str = "", timeout_s: float = 20) -> str:
    request = grader_pb2.GradeRequest(attempt_id=attempt_id)
    stub = grader_pb2_grpc.GraderServiceStub(channel)
    response: grader_pb2.GradeResponse = await stub.Grade(request, timeout=timeout_s, metadata=rpc.call_metadata("me"))
    return response.verdict.hint


async def failure(answer: Answer, transport: str, timeout_s: float = 20) -> grpc.aio.AioRpcError:
    async with connected(answer, transport) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await grade(channel, timeout_s=timeout_s)
    return caught.value


async def test_the_answer_to_each_of_many_calls_at_once_is_its_own(transport: str) -> None:
    async with connected(fine, transport) as channel:
        answers = await asyncio.gather(*(grade(channel, str(number)) for number in range(50)))
    assert answers == [str(number) for number in range(50)]


async def test_neither_side_sees_what_the_other_does_to_a_message(transport: str) -> None:
    kept = said("as sent")

    async def changes(request: grader_pb2.GradeRequest, _: rpc.Context) -> grader_pb2.GradeResponse:
        request.attempt_id = "changed"
        return kept

    async with connected(changes, transport) as channel:
        request = grader_pb2.GradeRequest(attempt_id="as sent")
        response = await grader_pb2_grpc.GraderServiceStub(channel).Grade(request, timeout=20)
    response.verdict.hint = "changed"
    assert (request.attempt_id, kept.verdict.hint) == ("as sent", "as sent")


@pytest.mark.parametrize(
    "error",
    [
        CallerError("bad workload"),
        OverloadedError("queue full", retry_after_s=2.5),
        SandboxError("lost, für immer", retry_after_s=0.25),
        DeadlineError("too late"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_an_error_arrives_as_the_class_it_was_raised_as(error: CodeArenaError, transport: str) -> None:
    async def fail(*_: object) -> grader_pb2.GradeResponse:
        raise error

    arrived = rpc.error_from_status(await failure(fail, transport))
    assert type(arrived) is type(error)
    assert (arrived.detail, arrived.retry_after_s) == (error.detail, error.retry_after_s)


async def test_a_defect_arrives_as_internal_without_its_details(
    transport: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(*_: object) -> grader_pb2.GradeResponse:
        raise KeyError("secret")

    arrived = await failure(fail, transport)
    assert arrived.code() is grpc.StatusCode.INTERNAL
    assert "secret" not in str(arrived.details())
    assert "secret" in caplog.text  # with its traceback, in our log


async def test_an_answer_that_is_no_message_is_a_failure_of_the_call(transport: str) -> None:
    async def no_message(*_: object) -> Any:
        return "text"

    assert (await failure(no_message, transport)).code() is grpc.StatusCode.UNKNOWN


async def test_an_abort_arrives_with_its_code_details_and_trailers(transport: str) -> None:
    async def aborts(_: grader_pb2.GradeRequest, context: rpc.Context) -> grader_pb2.GradeResponse:
        await context.abort(grpc.StatusCode.NOT_FOUND, "none such", (("reason", "gone"), ("reason", "moved")))
        raise AssertionError("an abort does not return")

    arrived = await failure(aborts, transport)
    assert (arrived.code(), arrived.details()) == (grpc.StatusCode.NOT_FOUND, "none such")
    assert [value for key, value in arrived.trailing_metadata() or () if key == "reason"] == ["gone", "moved"]


async def test_a_method_that_is_not_served_is_unimplemented(transport: str) -> None:
    async with connected(fine, transport) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await judge_pb2_grpc.JudgeServiceStub(channel).Judge(judge_pb2.JudgeRequest(), timeout=20)
    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


async def test_a_message_that_is_too_large_exhausts_a_resource(transport: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with connected(fine, transport) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await grade(channel, "x" * (rpc.MESSAGE_BYTES + 1))
        assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert await grade(channel, "x" * 100_000) == "x" * 100_000


async def test_what_goes_along_with_a_call_is_its_metadata_and_nothing_else(transport: str) -> None:
    of_the_caller = contextvars.ContextVar("of_the_caller", default="unknown")

    async def tells(request: grader_pb2.GradeRequest, context: rpc.Context) -> grader_pb2.GradeResponse:
        return said(" ".join([*telemetry.ids().values(), rpc.caller_of(context), of_the_caller.get()]))

    async with connected(tells, transport) as channel:
        telemetry.request_id.set("r-42")
        telemetry.episode_id.set("e-42")
        of_the_caller.set("known")
        assert await grade(channel, "a-42") == "r-42 e-42 a-42 me unknown"


async def test_what_a_servicer_notes_for_itself_is_not_its_callers(transport: str) -> None:
    async def notes(*_: object) -> grader_pb2.GradeResponse:
        telemetry.request_id.set("of the servicer")
        return said("")

    async with connected(notes, transport) as channel:
        telemetry.request_id.set("of the caller")
        await grade(channel)
    assert telemetry.request_id.get() == "of the caller"


async def test_at_its_deadline_a_call_ends_on_both_sides(transport: str) -> None:
    held = Held()
    assert type(rpc.error_from_status(await failure(held, transport, timeout_s=0.2))) is DeadlineError
    await asyncio.wait_for(held.cancelled.wait(), 20)


async def test_a_servicer_that_does_not_let_go_keeps_no_caller_beyond_the_deadline(transport: str) -> None:
    held = Held(lets_go=False)
    async with connected(held, transport) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await grade(channel, timeout_s=0.2)
        assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
        held.released.set()


async def test_a_call_that_is_given_up_ends_on_both_sides(transport: str) -> None:
    held = Held()
    async with connected(held, transport) as channel:
        call = asyncio.create_task(grade(channel))
        await held.entered.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await asyncio.wait_for(held.cancelled.wait(), 20)


async def test_a_channel_that_is_closed_gives_up_its_calls_and_takes_none(transport: str) -> None:
    held = Held()
    server, address = await started(held, transport)
    async with rpc.channel(address) as channel:
        call = asyncio.create_task(grade(channel))
        await held.entered.wait()
    with pytest.raises(asyncio.CancelledError):
        await call
    await asyncio.wait_for(held.cancelled.wait(), 20)
    with pytest.raises(grpc.aio.UsageError):
        await grade(channel)
    await server.drain(0)


async def test_where_nobody_is_a_call_is_our_retryable_failure(transport: str) -> None:
    async with rpc.channel({"sockets": "127.0.0.1:1", "in_process": rpc.in_process(1)}[transport]) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await grade(channel)
    assert type(rpc.error_from_status(caught.value)) is ServiceError


async def test_nobody_is_called_who_does_not_serve(transport: str) -> None:
    server, address = await started(fine, transport)
    await server.set_serving(False)
    async with rpc.channel(address) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await grade(channel)
    assert type(rpc.error_from_status(caught.value)) is ServiceError
    await server.drain(0)


async def test_health_follows_the_serving_state(transport: str) -> None:
    server, address = await started(fine, transport)
    assert await rpc.check_health(address)
    await server.set_serving(False)
    assert not await rpc.check_health(address)
    await server.set_serving(True)
    async with rpc.channel(address) as channel:
        answer = await health_pb2_grpc.HealthStub(channel).Check(
            health_pb2.HealthCheckRequest(service=SERVICE), timeout=20
        )
    assert answer.status == health_pb2.HealthCheckResponse.SERVING
    await server.drain(0)
    assert not await rpc.check_health(address)


async def test_drain_finishes_what_is_in_flight_and_takes_nothing_new(transport: str) -> None:
    held = Held()
    server, address = await started(held, transport)
    async with rpc.channel(address) as channel:
        in_flight = asyncio.create_task(grade(channel))
        await held.entered.wait()
        draining = asyncio.create_task(server.drain(20))
        while await rpc.check_health(address):
            pass
        with pytest.raises(grpc.aio.AioRpcError):
            async with rpc.channel(address) as late:
                await grade(late)
        held.released.set()
        assert await in_flight == "released"
        await draining


async def test_drain_ends_what_does_not_finish_in_time(transport: str) -> None:
    held = Held()
    server, address = await started(held, transport)
    async with rpc.channel(address) as channel:
        in_flight = asyncio.create_task(grade(channel))
        await held.entered.wait()
        await server.drain(0.1)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await in_flight
    assert type(rpc.error_from_status(caught.value)) is ServiceError
    await asyncio.wait_for(held.cancelled.wait(), 20)


def _handled(code: str) -> float:
    labels = {"grpc_service": SERVICE, "grpc_method": "Grade", "grpc_code": code}
    return REGISTRY.get_sample_value("codearena_grpc_server_handled_total", labels) or 0.0


@pytest.mark.parametrize(
    ("error", "code"),
    [(None, "OK"), (OverloadedError("full"), "RESOURCE_EXHAUSTED"), (ValueError("a defect"), "INTERNAL")],
)
async def test_calls_are_counted_by_the_status_they_ended_with(
    error: Exception | None, code: str, transport: str
) -> None:
    async def answer(*_: object) -> grader_pb2.GradeResponse:
        if error is not None:
            raise error
        return said("done")

    before = _handled(code)
    async with connected(answer, transport) as channel:
        await asyncio.gather(grade(channel), return_exceptions=True)
    assert _handled(code) == before + 1


class Echo(executor_pb2_grpc.ExecutorServiceServicer):
    """Answers each request of a stream by its id, until one that asks for something else."""

    def __init__(self) -> None:
        self.ended = asyncio.Event()

    async def Attempt(  # type: ignore[override]  # noqa: N802
        self, requests: AsyncIterator[executor_pb2.AttemptRequest], context: rpc.Context
    ) -> None:
        try:
            async for request in requests:
                if request.attempt_id == "fail":
                    raise OverloadedError("full", retry_after_s=2.5)
                if request.attempt_id == "end":
                    return
                echoed = executor_pb2.Isolation(name=f"{request.attempt_id} of {rpc.caller_of(context)}")
                await context.write(executor_pb2.AttemptResponse(report=executor_pb2.Report(isolation=echoed)))
        finally:
            self.ended.set()


@asynccontextmanager
async def streaming(
    transport: str, timeout_s: float | None = 20
) -> AsyncIterator[tuple["grpc.aio.StreamStreamCall[Any, Any]", Echo]]:
    echo = Echo()
    server = rpc.Server([SERVICE], lambda inner: executor_pb2_grpc.add_ExecutorServiceServicer_to_server(echo, inner))
    port = await server.start("127.0.0.1:0")
    await server.set_serving(True)
    address = f"127.0.0.1:{port}" if transport == "sockets" else rpc.in_process(port)
    try:
        async with rpc.channel(address) as channel:
            stub = executor_pb2_grpc.ExecutorServiceStub(channel)
            yield stub.Attempt(timeout=timeout_s, metadata=rpc.call_metadata("me")), echo
    finally:
        await server.drain(0)


async def told(call: "grpc.aio.StreamStreamCall[Any, Any]", attempt_id: str) -> Any:
    """The answer to one more request."""
    await call.write(executor_pb2.AttemptRequest(attempt_id=attempt_id))
    answer = await call.read()
    return answer if answer is grpc.aio.EOF else answer.report.isolation.name


async def test_a_stream_answers_each_request_until_the_caller_has_no_more(transport: str) -> None:
    async with streaming(transport) as (call, echo):
        assert [await told(call, "a"), await told(call, "b")] == ["a of me", "b of me"]
        await call.done_writing()
        assert await call.read() is grpc.aio.EOF
        assert await call.read() is grpc.aio.EOF
        assert echo.ended.is_set()


async def test_a_stream_that_its_servicer_ends_has_no_further_answers(transport: str) -> None:
    async with streaming(transport) as (call, _):
        assert await told(call, "a") == "a of me"
        assert await told(call, "end") is grpc.aio.EOF
        with pytest.raises(asyncio.InvalidStateError):
            await told(call, "b")


async def test_an_error_in_a_stream_arrives_as_the_class_it_was_raised_as(transport: str) -> None:
    async with streaming(transport) as (call, _):
        assert await told(call, "a") == "a of me"
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await told(call, "fail")
        arrived = rpc.error_from_status(caught.value)
        assert (type(arrived), arrived.retry_after_s) == (OverloadedError, 2.5)
        with pytest.raises(asyncio.InvalidStateError):
            await call.write(executor_pb2.AttemptRequest())


async def test_a_stream_ends_on_both_sides_at_its_deadline(transport: str) -> None:
    async with streaming(transport, timeout_s=0.2) as (call, echo):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await call.read()
        assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
        await asyncio.wait_for(echo.ended.wait(), 20)


@pytest.mark.parametrize("how", ["the call", "its reader"])
async def test_a_stream_that_is_given_up_ends_on_both_sides(how: str, transport: str) -> None:
    async with streaming(transport) as (call, echo):
        assert await told(call, "a") == "a of me"
        reader = asyncio.create_task(call.read())
        await asyncio.sleep(0)  # so that it reads
        call.cancel() if how == "the call" else reader.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reader
        await asyncio.wait_for(echo.ended.wait(), 20)


@pytest.mark.parametrize("how", ["asked for no more", "failed", "given up"])
async def test_who_holds_a_stream_is_told_when_it_has_ended(how: str, transport: str) -> None:
    ended = asyncio.Event()
    async with streaming(transport) as (call, _):
        call.add_done_callback(lambda _: ended.set())
        assert await told(call, "a") == "a of me"
        assert not ended.is_set()
        if how == "asked for no more":
            await call.done_writing()
        elif how == "failed":
            await call.write(executor_pb2.AttemptRequest(attempt_id="fail"))
        else:
            call.cancel()
        await asyncio.wait_for(ended.wait(), 20)


async def test_a_stream_to_nobody_is_our_retryable_failure(transport: str) -> None:
    async with rpc.channel({"sockets": "127.0.0.1:1", "in_process": rpc.in_process(1)}[transport]) as channel:
        call = executor_pb2_grpc.ExecutorServiceStub(channel).Attempt(timeout=20)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await call.read()
    assert type(rpc.error_from_status(caught.value)) is ServiceError
