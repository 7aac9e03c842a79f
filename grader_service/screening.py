"""Whether a screening tells how fast an attempt is: that it is as fast as the reference, and grows like it.

A screening is a small measurement, which most attempts that pass are done with. It ends at the same largest size as one
by all sizes, where an attempt's ratio decides what it is worth, and it only ever says yes: whatever is slower, wrong,
or of a growth that a few sizes do not show is measured by all of them, and the screening is then forgotten.
"""

from codearena.v1 import common_pb2, executor_pb2
from grader_service import complexity
from grader_service.settings import Settings

_CLEAR_SHARE = 0.8  # of the plateau: up to it a ratio is not moved off the plateau by what disturbs a call
_CLEAR_CONFIDENCE = 0.4  # of the growth class, which is the optimal one then


def finished(report: executor_pb2.Report) -> bool:
    """Whether both sources returned at every size; not if no size is there."""
    returned = common_pb2.CALL_STATUS_RETURNED
    statuses = {status for point in report.probe for status in (point.reference.status, point.attempt.status)}
    return statuses == {returned}


def is_clear(ratio: float | None, fit: complexity.Fit, estimated: str, optimal: str, settings: Settings) -> bool:
    """Whether a finished one, all of whose values were right, tells enough. estimated, optimal: empty if not known."""
    if ratio is None or ratio > max(1.0, _CLEAR_SHARE * settings.probe_plateau_ratio):
        return False
    if optimal and any(complexity.excess_order(*pair) for pair in ((fit.measured, optimal), (optimal, fit.measured))):
        return False
    looks_worse = complexity.excess_order(estimated, optimal) > 0
    return fit.confidence >= _CLEAR_CONFIDENCE and not looks_worse
