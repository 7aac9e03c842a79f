"""Whose job comes next."""

from gateway.bulk.turns import Turns


def _served(turns: Turns, job_ids: list[str], count: int) -> list[str]:
    served = []
    for _ in range(count):
        job_id = turns.order(job_ids)[0]
        turns.took(job_id)
        served.append(job_id)
    return served


def test_owners_take_turns_however_many_jobs_one_has() -> None:
    job_ids = [f"greedy/{number}" for number in range(9)] + ["modest/1"]
    served = _served(Turns(), job_ids, 8)
    assert served.count("modest/1") == 4
    assert len(set(served)) == 5


def test_nobodys_jobs_are_one_owners() -> None:
    served = _served(Turns(), ["a", "b", "team/a"], 6)
    assert {served.count("a"), served.count("b")} == {1, 2}
    assert served.count("team/a") == 3
