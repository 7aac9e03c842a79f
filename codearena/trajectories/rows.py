"""Rows for training, out of lines: demonstrations (SFT) and preferences (DPO), in the conversational format of TRL."""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping

from codearena.tasks.task import Task
from codearena.trajectories.lines import SCHEMA, Line

_POOL = 16  # attempts at one task that wait for a partner
_PROMPT = "{title}\n\n{description}\n\nRepair this code. Answer with the whole source.\n\n```python\n{buggy}```"

Row = Mapping[str, object]


def sft(lines: Iterable[Line], tasks: Mapping[str, Task]) -> Iterator[Row]:
    """A row for each attempt that solved its episode, of tasks that are known."""
    for line in _attempts(lines, tasks):
        if line["solved"]:
            messages = [*_prompt(tasks[line["task_id"]]), _answer(line)]
            yield _row(line) | {"messages": messages, "reward": line["reward"]}


def dpo(lines: Iterable[Line], tasks: Mapping[str, Task], gap: float) -> Iterator[Row]:
    """Pairs of attempts at one task whose rewards differ by at least `gap`; no attempt is in two of them.

    Each attempt is paired with the one, of the last that have no partner, whose reward differs most.
    """
    pools: dict[str, deque[Line]] = defaultdict(lambda: deque(maxlen=_POOL))
    for line in _attempts(lines, tasks):
        pool = pools[line["task_id"]]
        reward = line["reward"]
        partner = max(pool, key=lambda other: abs(other["reward"] - reward), default=None)
        if partner is None or abs(partner["reward"] - reward) < gap:
            pool.append(line)
            continue
        pool.remove(partner)
        rejected, chosen = sorted((partner, line), key=lambda each: float(each["reward"]))
        yield _row(line) | {
            "prompt": _prompt(tasks[line["task_id"]]),
            "chosen": [_answer(chosen)],
            "rejected": [_answer(rejected)],
            "reward_chosen": chosen["reward"],
            "reward_rejected": rejected["reward"],
        }


def _attempts(lines: Iterable[Line], tasks: Mapping[str, Task]) -> Iterator[Line]:
    """Of training alone: what evaluation brought forth must not be trained on."""
    for line in lines:
        if line["kind"] == "attempt" and line["task_id"] in tasks and line.get("partition") != "eval":
            yield line


def _row(line: Line) -> dict[str, object]:
    return {"schema": SCHEMA, "event_id": line["event_id"], "task_id": line["task_id"]}


def _prompt(task: Task) -> list[dict[str, str]]:
    content = _PROMPT.format(title=task.title, description=task.description, buggy=task.buggy)
    return [{"role": "user", "content": content}]


def _answer(line: Line) -> dict[str, str]:
    return {"role": "assistant", "content": f"```python\n{line['source']}\n```"}
