import base64
import json
from typing import Any

import pytest

from codearena.v1 import common_pb2, executor_pb2
from executor_service import codec
from tests.executor_service import workloads


def test_a_workload_carries_every_kind_of_call() -> None:
    workload = workloads.workload(
        b"\xff not text",
        [
            workloads.call("f", 1, call_id="function", environment={"A": "b"}, intercept=True),
            executor_pb2.Call(
                call_id="sequence",
                sequence=executor_pb2.CallSequence(calls=[workloads.function("C"), workloads.function("m", 2)]),
            ),
            executor_pb2.Call(call_id="script", script=executor_pb2.Script(stdin=b"in")),
        ],
        reference="pass",
    )
    workload.probe.add(size=10, call=workloads.call(call_id="probe"), vary=0)
    workload.checks.add(rule="forbid_call", argument="eval")
    sent = json.loads(codec.encode_workload(workload))
    assert base64.b64decode(sent["source"]) == b"\xff not text"
    assert base64.b64decode(sent["reference_source"]) == b"pass"
    function, sequence, script = sent["calls"]
    assert function["function"] == {"entry_point": "f", "args": "[1]", "kwargs": '{"dict":[]}'}
    assert function["environment"] == {"A": "b"}
    assert function["intercept_processes"] is True
    assert [each["entry_point"] for each in sequence["sequence"]["calls"]] == ["C", "m"]
    assert base64.b64decode(script["script"]["stdin"]) == b"in"
    (point,) = sent["probe"]
    assert (point["size"], point["vary"], point["added"], "lend" in point) == (10, 0, False, False)
    assert sent["checks"] == [{"rule": "forbid_call", "argument": "eval"}]
    assert sent["limits"]["call_cpu_s"] == 2.0
    assert sent["probe_cpu_s"] == 0.0


def test_a_script_is_sent_with_its_tests_and_their_places() -> None:
    call = workloads.script_call("assert f(1) == 2\nassert f(2) == 3", call_id="a")
    (sent,) = json.loads(codec.encode_workload(workloads.workload("honest", [call])))["calls"]
    script = sent["test_script"]
    assert (script["body"], script["entry_point"]) == ("module", "f")
    assert script["tests"] == [{"test_id": "assert-1", "line": 1}, {"test_id": "assert-2", "line": 2}]
    assert base64.b64decode(script["source"]).startswith(b"assert f(1)")
    assert "precedent" not in script


OUTPUT = codec.Codec(common_pb2.Output)
PROCESS = codec.Codec(common_pb2.SpawnedProcess)
USAGE = codec.Codec(common_pb2.Usage)
TEST = codec.Codec(common_pb2.ScriptTestOutcome)
OUTCOME = codec.Codec(common_pb2.CallOutcome)
PLACE = codec.Codec(executor_pb2.ScriptTest)
POINT = codec.Codec(executor_pb2.ProbePoint, {"codearena.v1.ProbePoint.call"})

READ: list[tuple[codec.Codec[Any], bytes, Any]] = [
    (OUTPUT, b'{"head": "AP8=", "truncated": true}', common_pb2.Output(head=b"\0\xff", truncated=True)),
    (OUTPUT, b'{"total_bytes": 9223372036854775807}', common_pb2.Output(total_bytes=2**63 - 1)),
    (
        PROCESS,
        b'{"argv": ["a", ""], "via": "\\ud83d\\ude00"}',
        common_pb2.SpawnedProcess(argv=["a", ""], via="\U0001f600"),
    ),
    (PROCESS, b'{"via": "a\\udc80b"}', common_pb2.SpawnedProcess(via="a?b")),
    (USAGE, b'{"cpu_s": 1}', common_pb2.Usage(cpu=codec.duration(1.0))),
    (USAGE, b'{"wall_s": 0.1}', common_pb2.Usage(wall=codec.duration(0.1))),
    (TEST, b'{"status": "not_run"}', common_pb2.ScriptTestOutcome(status=common_pb2.SCRIPT_TEST_STATUS_NOT_RUN)),
    (OUTCOME, b'{"value": "[1]"}', common_pb2.CallOutcome(value=common_pb2.EncodedValue(json=b"[1]"))),
    (OUTCOME, b'{"raised": {}}', common_pb2.CallOutcome(raised=common_pb2.RaisedException())),
    (PLACE, b'{"line": 0}', executor_pb2.ScriptTest(line=0)),
    (POINT, b'{"vary": 0}', executor_pb2.ProbePoint(vary=0)),
]


@pytest.mark.parametrize(("decoder", "data", "message"), READ, ids=[str(data) for _, data, _ in READ])
def test_every_kind_of_field_is_read(decoder: codec.Codec[Any], data: bytes, message: Any) -> None:
    assert decoder.decode(data) == message


REFUSED: list[tuple[codec.Codec[Any], bytes, str]] = [
    (OUTPUT, b"null", "no dict"),
    (OUTPUT, b'{"head": null}', "no str at head"),
    (OUTPUT, b'{"head": "AP8"}', "no base64 at head"),
    (OUTPUT, b'{"head": "AP8=\\n"}', "no base64 at head"),
    (OUTPUT, b'{"head": "\\u00e4"}', "no base64 at head"),
    (OUTPUT, b'{"truncated": 1}', "no bool at truncated"),
    (OUTPUT, b'{"total_bytes": true}', "no int at total_bytes"),
    (OUTPUT, b'{"total_bytes": 1.0}', "no int at total_bytes"),
    (OUTPUT, b'{"total_bytes": "1"}', "no int at total_bytes"),
    (OUTPUT, b'{"total_bytes": -1}', "out of range at total_bytes"),
    (OUTPUT, b'{"total_bytes": 9223372036854775808}', "out of range at total_bytes"),
    (OUTCOME, b'{"signal": 2147483648}', "out of range at signal"),
    (OUTCOME, b'{"value": {"json": ""}}', "no str at value"),
    (OUTCOME, b'{"value": "\\u00e4"}', "not ASCII at value"),
    (OUTCOME, b'{"script_tests": [{}, {"test_id": 1}]}', "no str at script_tests.1.test_id"),
    (PROCESS, b'{"argv": "a"}', "no list at argv"),
    (PROCESS, b'{"argv": [["a"]]}', "no str at argv.0"),
    (USAGE, b'{"cpu": 1}', "a field that there is not"),
    (USAGE, b'{"cpu_s": NaN}', "no number in range at cpu_s"),
    (USAGE, b'{"cpu_s": 1e999}', "no number in range at cpu_s"),
    (USAGE, b'{"cpu_s": 1' + b"0" * 400 + b"}", "no number in range at cpu_s"),
    (USAGE, b'{"cpu_s": -0.1}', "no number in range at cpu_s"),
    (TEST, b'{"status": "unspecified"}', "no name of the enumeration at status"),
    (TEST, b'{"status": "SCRIPT_TEST_STATUS_PASSED"}', "no name of the enumeration at status"),
    (TEST, b'{"status": 1}', "no str at status"),
    (TEST, b'{"status": ["passed"]}', "no str at status"),
    (PLACE, b'{"line": 1, "name": "f"}', "two fields of which there is one"),
    (POINT, b'{"call": {}}', "a field that there is not"),
]


@pytest.mark.parametrize(("decoder", "data", "why"), REFUSED, ids=[str(data)[:40] for _, data, _ in REFUSED])
def test_what_is_of_another_kind_is_refused(decoder: codec.Codec[Any], data: bytes, why: str) -> None:
    with pytest.raises(codec.MalformedReportError) as refused:
        decoder.decode(data)
    assert str(refused.value) == why


@pytest.mark.parametrize("seconds", [0.0, 1e-9, 0.1, 0.999999999, 3.0, 1e9])
def test_a_duration_is_the_same_after_it_was_sent(seconds: float) -> None:
    usage = common_pb2.Usage(cpu=codec.duration(seconds))
    assert USAGE.decode(USAGE.encode(usage)).cpu == usage.cpu
    assert codec.seconds(usage.cpu) == pytest.approx(seconds)


def test_a_message_is_the_same_after_it_was_sent() -> None:
    workload = workloads.workload(
        b"\xff",
        [
            workloads.call("f", "\xe4", call_id="a", environment={"A": "\u20ac"}),
            workloads.script_call("assert f(1) == 2", call_id="b"),
        ],
        reference="pass",
    )
    workload.calls[1].test_script.precedent = b"\0"
    workload.probe.add(size=10, call=workloads.call(call_id="p"), vary=0, added=True)
    workload.probe_cpu.CopyFrom(codec.duration(0.5))
    workload.probe_stop_ratio = 64.0
    both_ways = codec.Codec(executor_pb2.Workload)
    assert both_ways.decode(both_ways.encode(workload)) == workload
