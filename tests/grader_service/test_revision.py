from grader_service.revision import grader_revision
from grader_service.settings import Settings


def test_the_revision_is_the_same_wherever_it_is_served() -> None:
    elsewhere = Settings(host="0.0.0.0", port=1, metrics_port=2, log_level="ERROR", drain_s=1.0)
    assert grader_revision(Settings()) == grader_revision(elsewhere)


def test_every_number_that_enters_a_score_changes_the_revision() -> None:
    changed = [
        Settings(penalty_step=0.02),
        Settings(probe_noise_s=0.004),
        Settings(weight_security=0.0, weight_quality=0.10),
        Settings(feedback_bytes=4096),
    ]
    assert len({grader_revision(settings) for settings in [Settings(), *changed]}) == 1 + len(changed)
