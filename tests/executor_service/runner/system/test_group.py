"""Whose doing it is that wall time passes: from what the kernel counts, written here as proc(5) shows it."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from executor_service.runner.system.group import LOOK_S, Group, Waits
from executor_service.runner.system.meter import Meter


class Proc:
    """A folder like /proc. Times in seconds."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.started = 0
        self.conductor()

    def conductor(self, kept_s: float = 0.0) -> None:
        self._write("self/schedstat", f"0 {round(kept_s * 1e9)} 1\n")

    def task(self, pid: int, ran_s: float = 0.0, kept_s: float = 0.0, state: str = "S", thread: int = 0) -> None:
        self.started += not (self._folder / f"{pid}/task/{thread or pid}").exists()
        self._write(f"{pid}/task/{thread or pid}/schedstat", f"{round(ran_s * 1e9)} {round(kept_s * 1e9)} 7\n")
        for folder in (f"{pid}", f"{pid}/task/{thread or pid}"):
            self._write(f"{folder}/stat", f"{pid} (a (strange) name) {state} 1 1 1\n")

    def pids(self) -> list[int]:
        return sorted(int(path.name) for path in self._folder.iterdir() if path.name.isdigit())

    def group(self) -> Group:
        return Group(self.pids, starts=lambda: self.started, proc=str(self._folder))

    def metered(self, meter: Meter) -> Group:
        return Group(self.pids, meter, starts=lambda: self.started, proc=str(self._folder))

    def gone(self, pid: int) -> None:
        shutil.rmtree(self._folder / str(pid))

    def _write(self, name: str, text: str) -> None:
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.fixture
def proc(tmp_path: Path) -> Proc:
    return Proc(tmp_path)


def waits_of(group: Group) -> Waits:
    return Waits(round(group.waits.starved_s, 6), round(group.waits.blocked_s, 6))


def looked(proc: Proc, *then: Callable[[], None], seconds: float = 1.0) -> Group:
    """A group after so many slices of wall time, at the end of each of which the files are as told."""
    group = proc.group()
    for change in then:
        change()
        group.passed(seconds)
    return group


def test_to_sleep_is_ones_own_doing(proc: Proc) -> None:
    assert waits_of(looked(proc, lambda: proc.task(5), lambda: proc.task(5))) == Waits()


def test_what_others_keep_from_a_core_is_starved(proc: Proc) -> None:
    group = looked(proc, lambda: proc.task(5, ran_s=0.1), lambda: proc.task(5, ran_s=0.2, kept_s=0.7))
    assert waits_of(group) == Waits(starved_s=0.7)


def test_a_wait_that_goes_on_is_counted_and_not_again_when_it_ends(proc: Proc) -> None:
    begun = lambda: proc.task(5, ran_s=0.1, state="R")  # noqa: E731
    group = looked(proc, begun, begun, begun)
    assert waits_of(group) == Waits(starved_s=2.0)
    proc.task(5, ran_s=0.2, kept_s=2.5)
    group.passed(1.0)
    assert waits_of(group) == Waits(starved_s=2.5)


def test_no_more_is_starved_than_has_passed(proc: Proc) -> None:
    assert waits_of(looked(proc, lambda: proc.task(5, kept_s=50.0))) == Waits(starved_s=1.0)


def test_the_conductors_wait_is_the_hosts_too(proc: Proc) -> None:
    group = looked(proc, lambda: proc.task(5), lambda: (proc.task(5, kept_s=0.2), proc.conductor(kept_s=0.3))[0])
    assert waits_of(group) == Waits(starved_s=0.5)


def test_who_is_kept_from_a_core_by_his_own_processes_is_not_starved(proc: Proc) -> None:
    def crowd(ran_s: float) -> None:
        proc.task(5, kept_s=2 * ran_s, state="R")
        for pid in (6, 7):
            proc.task(pid, ran_s=ran_s, kept_s=ran_s, state="R")
        proc.conductor(kept_s=ran_s)

    assert waits_of(looked(proc, lambda: crowd(0.5), lambda: crowd(1.0))) == Waits()


def test_the_longest_wait_counts_and_not_their_sum(proc: Proc) -> None:
    def sleepers() -> None:
        for pid, kept_s in ((5, 0.1), (6, 0.3), (7, 0.2)):
            proc.task(pid, kept_s=kept_s)

    assert waits_of(looked(proc, sleepers)) == Waits(starved_s=0.3)


def test_children_that_wait_one_after_the_other_are_starved_all_the_time(proc: Proc) -> None:
    group = looked(proc, lambda: proc.task(6, kept_s=0.9), lambda: proc.task(7, kept_s=0.8))
    assert waits_of(group) == Waits(starved_s=1.7)


def test_a_wait_for_the_kernel_is_the_hosts_while_there_is_one_process(proc: Proc) -> None:
    assert waits_of(looked(proc, lambda: proc.task(5, state="D"))) == Waits(starved_s=1.0)


def test_with_a_child_nobody_knows_whose_doing_that_is(proc: Proc) -> None:
    def vforked() -> None:
        proc.task(5, state="D")
        proc.task(6)

    assert waits_of(looked(proc, vforked)) == Waits(blocked_s=1.0)


def test_with_a_second_thread_neither(proc: Proc) -> None:
    def cloned() -> None:
        proc.task(5, thread=6)
        proc.task(5, state="D")

    assert waits_of(looked(proc, cloned)) == Waits(blocked_s=1.0)


def test_beside_processes_that_come_and_go_nobody_knows_whose_doing_a_wait_is(proc: Proc) -> None:
    def kept_by(children: int) -> Callable[[], None]:
        def then() -> None:
            proc.task(5, kept_s=0.9)
            proc.started += children

        return then

    assert waits_of(looked(proc, kept_by(children=1))) == Waits(blocked_s=0.9)
    assert waits_of(looked(proc, kept_by(children=0))) == Waits(starved_s=0.9), "the same wait"


def test_pids_that_begin_anew_have_been_used_up(proc: Proc) -> None:
    proc.started = 4_000_000

    def then() -> None:
        proc.task(5, kept_s=0.9)
        proc.started = 7

    assert waits_of(looked(proc, then)) == Waits(blocked_s=0.9)


def test_what_such_processes_ran_for_is_the_attempts_where_a_control_group_counts_it(
    proc: Proc, tmp_path: Path
) -> None:
    proc.task(5)
    usage = tmp_path / "cpuacct.usage"
    before_s = time.process_time() + time.clock_gettime((~1 << 3) | 2)

    def counted(others_s: float) -> None:
        usage.write_text(f"{round((before_s + others_s) * 1e9)}\n")

    counted(0.0)
    with usage.open() as file:
        group = proc.metered(Meter(file.fileno()))
        counted(0.8)
        proc.task(5, kept_s=0.9)
        proc.started += 20
        group.passed(1.0)
        assert group.waits.starved_s == pytest.approx(0.1, abs=0.05)
        assert group.waits.blocked_s == 0.0


def test_a_process_that_ends_while_it_is_looked_at_takes_no_time_back(proc: Proc) -> None:
    group = looked(proc, lambda: proc.task(5, ran_s=0.4), lambda: proc.task(5, ran_s=0.0, kept_s=0.0))
    assert group.cpu_s == pytest.approx(0.4)
    assert waits_of(group) == Waits()


def test_to_ask_for_the_disk_all_the_time_is_not_the_hosts_doing(proc: Proc) -> None:
    group = looked(proc, *[lambda: proc.task(5, state="D")] * 20)
    assert waits_of(group) == Waits(starved_s=5.0, blocked_s=15.0)


def test_where_the_kernel_counts_nothing_a_wait_is_nobodys(proc: Proc) -> None:
    group = Group(lambda: [99], proc="/nowhere")
    group.passed(1.0)
    assert waits_of(group) == Waits()


def test_short_times_are_looked_at_together(proc: Proc) -> None:
    group = looked(proc, *[lambda: proc.task(5, kept_s=0.03)] * 3, seconds=LOOK_S / 4)
    assert waits_of(group) == Waits()
    group.passed(LOOK_S / 4)
    assert waits_of(group) == Waits(starved_s=0.03)


def test_the_cpu_time_of_processes_that_are_gone_still_counts(proc: Proc, tmp_path: Path) -> None:
    group = looked(proc, lambda: proc.task(5, ran_s=0.4), lambda: proc.task(6, ran_s=0.3))
    assert group.cpu_s == pytest.approx(0.7)


def test_cpu_time_that_was_counted_is_not_taken_back(proc: Proc, tmp_path: Path) -> None:
    usage, others = tmp_path / "usage", iter([0.0, 0.5, 0.3, 0.6])
    usage.write_text("10000000000\n")
    with usage.open() as file:
        group = proc.metered(Meter(file.fileno(), lambda: -next(others)))
        assert [round(group.cpu_s, 1) for _ in range(3)] == [0.5, 0.5, 0.6]
