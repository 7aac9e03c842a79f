"""Lists hold what is the caller's own."""

import httpx

from gateway.store.api_keys import Scope
from tests.fakes import WRONG
from tests.gateway.access.conftest import MakeKey


async def test_nobody_is_listed_what_is_anothers(make_key: MakeKey, api: httpx.AsyncClient) -> None:
    player, other, operator = await make_key("team-a"), await make_key("team-b"), await make_key("ops", Scope.ADMIN)
    reset = await api.post("/reset", json={"task_id": "easy-1", "agent_id": "run"}, headers=player)
    episode = reset.json()["episode_id"]
    step = {"episode_id": episode, "proposed_fix": WRONG}
    assert (await api.post("/step", json=step, headers=player)).status_code == 200
    for headers, seen in ((player, [episode]), (other, []), (operator, [])):
        listed = (await api.get("/episodes", headers=headers)).json()["episodes"]
        agents = (await api.get("/agents", headers=headers)).json()
        assert [each["episode_id"] for each in listed] == seen
        assert [each["agent_id"] for each in agents] == ["run"] * len(seen)
