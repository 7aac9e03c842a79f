"""Trajectories for tests, as the service's answers would make them."""

from codearena.evaluation.records import StepRecord, Trajectory, Use
from codearena.models import StepResponse

_OBSERVATION = {
    "buggy_code": "",
    "error_log": "",
    "test_results": "",
    "previous_attempts": [],
    "task_id": "easy-1",
    "description": "",
    "hint": "",
    "step": 1,
    "max_steps": 5,
}


def answer(reward: float, solved: bool = False) -> StepResponse:
    info = {"episode_id": "e", "task_id": "easy-1", "difficulty": "easy", "category": "easy", "solved": solved}
    body = {"episode_id": "e", "observation": _OBSERVATION, "reward": reward, "done": solved, "info": info}
    return StepResponse.model_validate(body)


def trajectory(
    *rewards: float, task: str = "easy-1", episode: int = 0, solved: bool = False, error: str | None = None
) -> Trajectory:
    """An episode of these rewards; solved: by its last step; error: what broke it off after them."""
    steps = [
        StepRecord(
            step=number,
            timestamp="2026-01-01T00:00:00+00:00",
            proposed_fix="pass\n",
            use=Use(method="test", tokens_in=10, tokens_out=2),
            answer=answer(reward, solved and number == len(rewards)),
        )
        for number, reward in enumerate(rewards, start=1)
    ]
    if error:
        number = len(steps) + 1
        steps.append(
            StepRecord(
                step=number,
                timestamp="2026-01-01T00:00:00+00:00",
                proposed_fix=None,
                use=Use(method=""),
                answer=None,
                error=error,
            )
        )
    return Trajectory(
        task_id=task,
        category=task.rpartition("-")[0],
        level="easy",
        episode=episode,
        seed=1,
        episode_id=f"{task}-{episode}",
        max_steps=5,
        steps=tuple(steps),
    )
