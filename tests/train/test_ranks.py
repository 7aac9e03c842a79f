"""A group of GRPOTrainer over the ranks of a real process group, and the functions as AsyncGRPOTrainer has them."""

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("trl", reason="needs requirements/train.lock: make test-train")

from accelerate.state import PartialState

from codearena.integrations.trl import Rewards
from tests.train.test_trl import SOLUTION

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.filterwarnings("ignore")  # of the training libraries, about each other


def test_the_ranks_of_a_group_get_one_draw_and_the_same_reward_for_the_same_answer(
    gateway_url: str, tiny_model: str, tmp_path: Path
) -> None:
    launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2"]
    run = subprocess.run(
        [*launcher, "-m", "tests.train.ranked", gateway_url, tiny_model, str(tmp_path)],
        cwd=ROOT,
        env=os.environ | {"GLOO_SOCKET_IFNAME": "lo", "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-4000:]
    one, other = (json.loads((tmp_path / f"{rank}.json").read_text("utf-8")) for rank in (0, 1))
    assert one == other
    assert [len(step["groups"]) for step in one] == [1, 1]
    assert None not in [reward for step in one for reward in step["rewards"]]
    assert one[0]["groups"] != one[1]["groups"], "another step is another draw"


async def test_async_grpo_scores_a_group_with_pickled_functions_by_one_grading(
    gateway_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = pytest.importorskip("trl.experimental.async_grpo.async_rollout_worker")
    PartialState()  # which the worker's log needs
    gradings: list[int] = []
    graded = Rewards._graded

    def counted(self: Rewards, items: Any) -> Any:
        gradings.append(len(items))
        return graded(self, items)

    monkeypatch.setattr(Rewards, "_graded", counted)
    functions = pickle.loads(pickle.dumps(Rewards(gateway_url, whole_groups=True).functions()))
    loop = worker._AsyncRolloutLoop.__new__(worker._AsyncRolloutLoop)  # without vLLM, which generates
    loop.reward_funcs, loop._env_reward_types = functions, []
    loop.reward_func_names = [worker.get_callable_name(function) for function in functions]
    answers = [f"```python\n{SOLUTION}```", "no code"]
    rows = [[worker.TrainingSequence([1], [1], [0.0], rollout_id=None)] for _ in answers]
    group = worker.RolloutGroup(
        prompts=[[{"role": "user", "content": "repair it"}]] * 2,
        reward_kwargs={"task_id": ["easy-1"] * 2, "difficulty": ["easy"] * 2},
        completions=[[{"role": "assistant", "content": answer}] for answer in answers],
        completions_ids=[[1], [2]],
        completions_sequences=rows,
        tool_call_counts=[0, 0],
        tool_failure_counts=[0, 0],
        model_version=0,
        group_id=0,
        env_rewards=[None, None],
        rollout_rewards=[None, None],
    )
    right, wrong = [sample.metrics["rewards/codearena_reward"] for sample in await loop._score_group(group)]
    assert gradings == [2]
    assert right > 0.8 > wrong
