import asyncio
from dataclasses import replace

import pytest

from executor_service.isolation import owner
from executor_service.isolation.engine import ContainerListing, Engine
from executor_service.isolation.reaper import Reaper, is_leftover
from tests.executor_service.images import require_engine, scripted_image
from tests.integration.waiting import until

GRACE_S = 20.0


LIFETIME_S = 10_000


def listing(instance: str, *, ended_s: float | None = None, age_s: float = 1.0) -> ContainerListing:
    labels = {
        owner.ROLE_LABEL: owner.ROLE,
        owner.OWNER_LABEL: instance,
        owner.PROCESS_LABEL: "",
        owner.LIFETIME_LABEL: str(LIFETIME_S),
    }
    return ContainerListing("id", "name", labels, "running" if ended_s is None else "exited", age_s, ended_s)


def leftover(container: ContainerListing, *, dead: bool = False) -> bool:
    def surely_dead(labels: dict[str, str]) -> bool:
        return dead

    return is_leftover(container, "me", GRACE_S, claimed={"name"}, surely_dead=surely_dead)


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
    assert not leftover(listing("other", age_s=LIFETIME_S + 30))
    assert leftover(listing("other", age_s=LIFETIME_S + 100))


def test_our_own_are_the_pools_business_until_they_are_too_old() -> None:
    assert not leftover(listing("me", ended_s=1000.0), dead=True)
    assert leftover(listing("me", ended_s=1000.0, age_s=LIFETIME_S + 100))


def test_of_our_own_the_one_that_we_do_not_know_goes_at_once() -> None:
    assert leftover(replace(listing("me"), name="another"))
    assert not leftover(replace(listing("other"), name="another"))


def test_a_container_that_is_not_ours_is_never_touched() -> None:
    stranger = ContainerListing("id", "name", {"codearena.role": "something else"}, "exited", 1e9, 1e9)
    assert not leftover(stranger, dead=True)
    assert not leftover(ContainerListing("id", "name", {}, "exited", 1e9, 1e9), dead=True)


@pytest.mark.docker
async def test_ages_are_by_the_engines_clock_whatever_ours_says(monkeypatch: pytest.MonkeyPatch) -> None:
    client, me = require_engine(), owner.Owner.this_process()
    name, label = f"codearena-{me.instance}", f"{owner.OWNER_LABEL}={me.instance}"
    monkeypatch.setattr("time.time", lambda: 1e9)
    client.create_container(scripted_image(), name=name, network_disabled=True, labels=me.labels(100))
    engine = Engine(None, workers=2, timeout_s=30)
    await engine.connect()
    try:
        [found] = await engine.list_labelled(label)
        assert 0 <= found.age_s + 1 < 120  # of the container, in whole seconds
        assert not is_leftover(found, "a sibling", GRACE_S)
    finally:
        await engine.remove(name)
        engine.close()


@pytest.mark.docker
async def test_on_a_real_engine_a_dead_owners_go_and_a_living_ones_stay_while_it_claims_them() -> None:
    client, image = require_engine(), scripted_image()
    living = owner.Owner.this_process()
    dead = owner.Owner("dead", living.process.rpartition("/")[0] + "/1")
    names = {"living": f"codearena-{living.instance}", "dead": f"codearena-{living.instance}-dead"}
    for whose, who in (("living", living), ("dead", dead)):
        labels = who.labels(100)
        client.create_container(image, name=names[whose], stdin_open=True, network_disabled=True, labels=labels)
        client.start(names[whose])

    def is_there(whose: str) -> bool:
        return any(entry["Names"] == [f"/{names[whose]}"] for entry in client.containers(all=True))

    async def the_dead_ones_is_gone() -> bool:  # another executor may have begun to remove it
        return not await asyncio.to_thread(is_there, "dead")

    engine = Engine(None, workers=2, timeout_s=30)
    await engine.connect()
    try:
        await Reaper(engine, "a third one", interval_s=60, orphan_grace_s=GRACE_S).reap()
        await until(the_dead_ones_is_gone, "the dead owner's is removed")
        reaper = Reaper(engine, living.instance, interval_s=60, orphan_grace_s=GRACE_S)
        reaper.claim(names["living"])
        await reaper.reap()
        assert is_there("living")
        for name in (names["living"], "codearena-never-made"):
            reaper.abandon(name)
        await reaper.reap()
        assert not is_there("living")
    finally:
        for name in names.values():
            await engine.remove(name)
        engine.close()
