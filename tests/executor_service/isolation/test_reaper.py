from dataclasses import replace

import pytest

from executor_service.isolation import owner
from executor_service.isolation.engine import ContainerListing, Engine
from executor_service.isolation.reaper import Reaper, is_leftover
from tests.executor_service.images import require_engine, scripted_image

GRACE_S = 20.0


def listing(instance: str, *, ended_s: float | None = None, expires: int = 10_000) -> ContainerListing:
    labels = {
        owner.ROLE_LABEL: owner.ROLE,
        owner.OWNER_LABEL: instance,
        owner.PROCESS_LABEL: "",
        owner.EXPIRES_LABEL: str(expires),
    }
    return ContainerListing("id", labels, "running" if ended_s is None else "exited", 1.0, ended_s)


def leftover(container: ContainerListing, *, now: float = 5_000, dead: bool = False) -> bool:
    return is_leftover(container, "me", GRACE_S, now=lambda: now, surely_dead=lambda labels: dead)


def test_everything_of_a_surely_dead_owner_goes() -> None:
    assert leftover(listing("other"), dead=True)
    assert leftover(listing("other", ended_s=0.1), dead=True)


def test_a_living_siblings_running_container_stays() -> None:
    assert not leftover(listing("other"))


def test_a_container_that_has_just_ended_stays_with_its_owner_and_goes_later() -> None:
    assert not leftover(listing("other", ended_s=GRACE_S - 1))
    assert leftover(listing("other", ended_s=GRACE_S + 1))


def test_a_siblings_container_that_was_never_started_goes_once_nobody_can_be_about_to_start_it() -> None:
    assert not leftover(replace(listing("other"), state="created", age_s=60.0))
    assert leftover(replace(listing("other"), state="created", age_s=130.0))
    assert not leftover(replace(listing("me"), state="created", age_s=130.0))


def test_what_is_older_than_it_can_legitimately_be_goes_even_if_it_runs() -> None:
    assert not leftover(listing("other"), now=10_030)
    assert leftover(listing("other"), now=10_100)


def test_our_own_are_the_pools_business_until_they_are_too_old() -> None:
    assert not leftover(listing("me", ended_s=1000.0), dead=True)
    assert leftover(listing("me", ended_s=1000.0), now=10_100)


def test_a_container_that_is_not_ours_is_never_touched() -> None:
    stranger = ContainerListing("id", {"codearena.role": "something else"}, "exited", 1e9, 1e9)
    assert not leftover(stranger, now=1e12, dead=True)
    assert not leftover(ContainerListing("id", {}, "exited", 1e9, 1e9), now=1e12, dead=True)


@pytest.mark.docker
async def test_on_a_real_engine_a_dead_owners_go_and_a_living_siblings_stay_until_abandoned() -> None:
    client, image = require_engine(), scripted_image()
    living = owner.Owner.this_process()
    dead = owner.Owner("dead", living.process.rpartition("/")[0] + "/1")
    ids = {}
    for name, who in (("living", living), ("dead", dead)):
        created = client.create_container(image, stdin_open=True, network_disabled=True, labels=who.labels(100))
        ids[name] = created["Id"]
        client.start(ids[name])
    engine = Engine(None, workers=2, timeout_s=30)
    await engine.connect()
    try:
        await Reaper(engine, "a third one", interval_s=60, orphan_grace_s=GRACE_S).reap()
        left = {entry["Id"] for entry in client.containers(all=True)}
        assert ids["dead"] not in left
        assert ids["living"] in left
        reaper = Reaper(engine, living.instance, interval_s=60, orphan_grace_s=GRACE_S)
        for name in (ids["living"], "codearena-never-made"):
            reaper.abandon(name)
        await reaper.reap()
        assert ids["living"] not in {entry["Id"] for entry in client.containers(all=True)}
    finally:
        for container_id in ids.values():
            await engine.remove(container_id)
        engine.close()
