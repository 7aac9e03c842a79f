"""A process of a trainer: `python -m tests.gateway.ranks URL STEP RANK`, or `fork URL`; prints what it got as JSON."""

import json
import os
import sys
import threading
from types import SimpleNamespace

from codearena.integrations.trl import COMPONENTS, Rewards

RIGHT, WRONG = "right", "wrong"  # as tests/fakes.py, which would load gRPC


def fenced(source: str) -> str:
    return f"```python\n{source}\n```"


def rank(url: str, step: str, own: str) -> list[float | None]:
    """What a rank gets for its share of a group. step: "none" if the trainer does not say."""
    [reward, *components] = Rewards(url, run_id="run").functions()
    state = {} if step == "none" else {"trainer_state": SimpleNamespace(global_step=int(step))}
    batch = {
        "completions": [fenced(RIGHT), fenced(f"{WRONG} {own}")],
        "prompts": [[{"role": "user", "content": "repair it"}]] * 2,
        "completion_ids": [[int(own)], [2]],
        "task_id": ["easy-1"] * 2,
        **state,
    }
    assert len([function(**batch) for function in components]) == len(COMPONENTS)
    return reward(**batch)


def forked(url: str) -> int:
    """The exit status of a child that was forked while its parent's threads had a batch graded."""
    rewards = Rewards(url)
    batch = {"completions": [fenced(RIGHT)], "task_id": ["easy-1"]}
    assert rewards.codearena_reward(**batch) != [None]
    graded = threading.Thread(target=rewards.codearena_reward, kwargs=batch | {"completions": [fenced(WRONG)]})
    graded.start()
    child = os.fork()
    if child == 0:
        own = {"completions": [fenced(RIGHT), fenced(WRONG)], "task_id": ["easy-1"] * 2}
        os._exit(0 if None not in rewards.codearena_reward(**own) else 1)
    graded.join()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    found = forked(sys.argv[2]) if sys.argv[1] == "fork" else rank(*sys.argv[1:])
    sys.stdout.write(json.dumps(found))
