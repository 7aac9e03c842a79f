import os
import subprocess
import sys

from executor_service.isolation import owner
from executor_service.isolation.owner import Owner


def test_a_living_owner_is_never_taken_for_dead() -> None:
    assert not owner.is_surely_dead(Owner.this_process().labels(10))


def test_an_owner_whose_process_is_gone_is_surely_dead() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    identity = owner.process_identity(child.pid)
    assert identity
    labels = {owner.PROCESS_LABEL: identity}
    assert not owner.is_surely_dead(labels)
    child.communicate(b"\n")
    assert owner.is_surely_dead(labels)


def test_another_process_with_the_dead_owners_pid_is_told_apart() -> None:
    identity = owner.process_identity(os.getpid())
    assert identity
    earlier = identity.rpartition("/")[0] + "/1"
    assert owner.is_surely_dead({owner.PROCESS_LABEL: earlier})


def test_of_an_owner_on_another_machine_or_in_another_pid_namespace_nothing_is_known() -> None:
    identity = owner.process_identity(os.getpid())
    assert identity
    boot, namespace, pid, _ = identity.split("/")
    assert not owner.is_surely_dead({owner.PROCESS_LABEL: f"other/{namespace}/{pid}/1"})
    assert not owner.is_surely_dead({owner.PROCESS_LABEL: f"{boot}/pid:[1]/{pid}/1"})
    assert not owner.is_surely_dead({})


def test_two_executors_in_one_process_are_two_owners() -> None:
    assert Owner.this_process().instance != Owner.this_process().instance


def test_labels_say_at_what_age_the_container_is_too_old() -> None:
    assert Owner("me", "").labels(49.5)[owner.LIFETIME_LABEL] == "50"
