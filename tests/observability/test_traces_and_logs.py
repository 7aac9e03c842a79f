"""One step is one trace through all four services, log lines carry its ids, and neither tells a source or a key."""

import json
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import grpc
import httpx
import pytest
import pytest_asyncio
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc
from opentelemetry.proto.trace.v1 import trace_pb2

from codearena.server import tracing
from gateway.settings import Settings
from gateway.store import api_keys
from gateway.store.api_keys import Scope
from gateway.store.redis import Store
from tests.integration.playing import TASKS
from tests.integration.processes import Backends, Executor, Gateway, Service, running
from tests.integration.waiting import until
from tests.redis_servers import RedisServer

_TRACE = "0af7651916cd43dd8448eb211c80319c"
_MARK = "a_word_that_only_the_source_has"
_SOURCE = f"{TASKS['easy-1'].solution}\n{_MARK} = '{_MARK}'\nraise ValueError({_MARK})\n"
_SERVICES = {f"codearena-{name}" for name in ("gateway", "executor", "judge", "grader")}


class Collector(trace_service_pb2_grpc.TraceServiceServicer):
    """Takes spans as an OpenTelemetry collector does. spans: by the name of the service that sent them."""

    def __init__(self) -> None:
        self.spans: dict[str, list[trace_pb2.Span]] = {}
        self.text = ""

    async def Export(self, request: Any, context: Any) -> Any:  # noqa: N802
        self.text += str(request)
        for each in request.resource_spans:
            names = [item.value.string_value for item in each.resource.attributes if item.key == "service.name"]
            for scope in each.scope_spans:
                self.spans.setdefault(names[0], []).extend(scope.spans)
        return trace_service_pb2.ExportTraceServiceResponse()

    def of_the_trace(self) -> dict[str, list[trace_pb2.Span]]:
        found = {name: [span for span in spans if span.trace_id.hex() == _TRACE] for name, spans in self.spans.items()}
        return {name: spans for name, spans in found.items() if spans}


@dataclass
class Played:
    """A step that was taken with a key. logs: lines of all services."""

    key: str
    answer: httpx.Response
    collector: Collector
    logs: list[dict[str, Any]] = field(default_factory=list)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def played(tmp_path_factory: Any) -> AsyncIterator[Played]:
    folder = tmp_path_factory.mktemp("logs")
    redis = RedisServer(tmp_path_factory.mktemp("redis"))
    collector, server = Collector(), grpc.aio.server()
    trace_service_pb2_grpc.add_TraceServiceServicer_to_server(collector, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    told = {"TRACES_ENDPOINT": f"http://127.0.0.1:{port}", "LOG_LEVEL": "DEBUG"}
    backends = Backends(
        executor=Executor("local", **told),
        judge=Service("judge_service", "CODEARENA_JUDGE", **told),
        grader=Service("grader_service", "CODEARENA_GRADER", **told),
    )
    services = [backends.executor, backends.judge, backends.grader, Gateway(backends, redis.url, **told)]
    for number, service in enumerate(services):
        service.log = folder / f"{number}.log"
    key, kept = api_keys.make("team", Scope.USE)
    async with Store(Settings(redis_url=redis.url)) as store:
        await store.api_keys.add(kept)
    async with running(*services):
        answer = await _play(services[-1].address, key)
        await until(lambda: _sent(collector), "every service has sent its spans")
    lines = [line for path in sorted(folder.iterdir()) for line in path.read_text("utf-8").splitlines()]
    yield Played(key, answer, collector, [json.loads(line) for line in lines if line.startswith("{")])
    await server.stop(0)
    redis.stop()


async def _sent(collector: Collector) -> bool:
    return set(collector.of_the_trace()) == _SERVICES


async def _play(address: str, key: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {key}", "X-Request-ID": "r-1"}
    async with httpx.AsyncClient(base_url=f"http://{address}", headers=headers, timeout=120) as http:
        await http.post("/reset", json={"task_id": "easy-1", "episode_id": "e-1"})
        trace = {"traceparent": f"00-{_TRACE}-b7ad6b7169203331-01"}
        return await http.post("/step", json={"episode_id": "e-1", "proposed_fix": _SOURCE}, headers=trace)


@pytest.mark.asyncio(loop_scope="module")
async def test_the_ids_come_back_in_headers(played: Played) -> None:
    assert played.answer.headers["X-Request-ID"] == "r-1"
    assert played.answer.headers["X-Episode-ID"] == "e-1"
    assert len(played.answer.headers["X-Attempt-ID"]) == 32


@pytest.mark.asyncio(loop_scope="module")
async def test_one_step_is_one_trace_through_all_services(played: Played) -> None:
    spans = played.collector.of_the_trace()
    assert "POST /step" in {span.name for span in spans["codearena-gateway"]}
    for service, method in (("executor", "Attempt"), ("judge", "Judge"), ("grader", "Grade")):
        names = {span.name for span in spans[f"codearena-{service}"]}
        assert f"codearena.v1.{service.title()}Service/{method}" in names
    known = {span.span_id for each in spans.values() for span in each}
    parents = {
        span.parent_span_id.hex() for each in spans.values() for span in each if span.parent_span_id not in known
    }
    assert parents == {"b7ad6b7169203331"}  # the caller's own span, and nothing is without a parent


@pytest.mark.asyncio(loop_scope="module")
async def test_spans_and_lines_name_the_attempt(played: Played) -> None:
    attempt = played.answer.headers["X-Attempt-ID"]
    for spans in played.collector.of_the_trace().values():
        ids = {item.value.string_value for span in spans for item in span.attributes}
        assert attempt in ids
    (line,) = [line for line in played.logs if line["attempt_id"] == attempt and "reward" in line["message"]]
    assert (line["request_id"], line["episode_id"]) == ("r-1", "team/e-1")


@pytest.mark.asyncio(loop_scope="module")
async def test_every_request_has_a_line_with_its_owner_and_probes_that_find_all_well_have_none(played: Played) -> None:
    lines = [line for line in played.logs if line["logger"] == "gateway.middleware"]
    (step,) = [line for line in lines if line["message"].startswith("POST /step: 200 after ")]
    assert step["message"].endswith(" s, owner team")
    attempt = played.answer.headers["X-Attempt-ID"]
    assert (step["request_id"], step["episode_id"], step["attempt_id"]) == ("r-1", "team/e-1", attempt)
    assert [line for line in lines if "/ready: 200" in line["message"]] == []


@pytest.mark.asyncio(loop_scope="module")
async def test_neither_logs_nor_spans_hold_a_source_or_a_key(played: Played) -> None:
    told = json.dumps(played.logs) + played.collector.text
    assert "e-1" in told
    assert _MARK not in told
    assert played.key not in told
    assert played.key.removeprefix("ca_") not in told


def test_a_process_without_an_endpoint_has_no_spans() -> None:
    tracing.configure("test", None)
    with tracing.span("something") as span:
        assert not span.is_recording()
        assert tracing.carried() == ()


def test_without_an_endpoint_nothing_that_sends_spans_is_imported() -> None:
    code = "import sys, codearena.server.rpc; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    imported = ran.stdout.split()
    assert "codearena.server.tracing" in imported
    assert [name for name in imported if "otlp" in name or name.startswith("opentelemetry.sdk")] == []
