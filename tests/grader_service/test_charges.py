import pytest

from codearena.v1 import common_pb2, executor_pb2
from grader_service.charges import beside_calls_s, charge
from tests.grader_service import build

SLACK, NOISE_S = build.SETTINGS.overhead_slack, build.SETTINGS.overhead_noise_s


def outcome(cpu_s: float, overhead_s: float) -> common_pb2.CallOutcome:
    made = build.returned(1, cpu_s=cpu_s)
    made.overhead_cpu.CopyFrom(build.duration(overhead_s))
    return made


def charged_s(attempt: common_pb2.CallOutcome, reference: common_pb2.CallOutcome) -> float:
    (charged,) = charge([build.probe_point(10, reference, attempt)], build.SETTINGS)
    return charged.attempt_s


def process(load_s: float, other_s: float) -> executor_pb2.ProbeProcess:
    return executor_pb2.ProbeProcess(load_cpu=build.duration(load_s), other_cpu=build.duration(other_s))


def beside_s(ours: executor_pb2.ProbeProcess, theirs: executor_pb2.ProbeProcess) -> float:
    report = executor_pb2.Report(reference_probe_process=ours, attempt_probe_process=theirs)
    return beside_calls_s(report, build.SETTINGS)


def test_decoding_and_encoding_as_the_reference_does_costs_nothing() -> None:
    assert charged_s(outcome(0.01, 0.05), outcome(0.01, 0.05)) == pytest.approx(0.01)
    assert charged_s(outcome(0.01, 0.06), outcome(0.01, 0.05)) == pytest.approx(0.01)


def test_what_is_spent_beside_the_call_beyond_that_is_charged() -> None:
    hidden_s = 1.0
    expected_s = 0.01 + hidden_s + 0.05 - SLACK * 0.05 - NOISE_S
    assert charged_s(outcome(0.01, 0.05 + hidden_s), outcome(0.01, 0.05)) == pytest.approx(expected_s)


def test_loading_and_children_are_charged_beyond_the_references() -> None:
    usual = process(0.004, 0.004)
    assert beside_s(usual, usual) == 0.0
    assert beside_s(usual, process(1.004, 0.004)) == pytest.approx(1.0 - build.SETTINGS.load_slack_s)
    assert beside_s(usual, process(0.004, 1.0)) == pytest.approx(1.0 - SLACK * 0.004 - build.SETTINGS.other_noise_s)


def test_a_report_of_no_probe_process_charges_nothing() -> None:
    assert beside_calls_s(executor_pb2.Report(), build.SETTINGS) == 0.0
