from codearena.server.enums import names
from codearena.v1 import common_pb2, grader_pb2


def test_a_value_is_named_without_its_prefix() -> None:
    assert names(common_pb2.CallStatus.DESCRIPTOR)[common_pb2.CALL_STATUS_TIME_LIMIT] == "time_limit"
    assert names(grader_pb2.Unearned.DESCRIPTOR)[grader_pb2.UNEARNED_NO_WORK] == "no_work"
    assert names(grader_pb2.Unearned.DESCRIPTOR)[grader_pb2.UNEARNED_UNSPECIFIED] == "unspecified"
