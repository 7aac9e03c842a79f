"""One rank of a training run whose policy always gives the same half right answer.

`torchrun -m tests.train.ranked URL MODEL FOLDER`: each rank writes what it graded to FOLDER/<rank>.json.
"""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from codearena.completions import Answer
from codearena.integrations.trl import Rewards, rewards
from codearena.integrations.trl.sharing import Item, Rows
from examples import train_grpo

ANSWER = "def average_list(numbers):\n    return float(sum(numbers) // len(numbers)) if numbers else 0.0\n"


def main(url: str, model: str, folder: str) -> None:
    seen: list[dict[str, object]] = []
    graded = Rewards._graded

    def noted(self: Rewards, items: Sequence[Item]) -> Rows:
        rows = graded(self, items)
        seen.append({"groups": [item.group_id for item in items], "rewards": [row and row.reward for row in rows]})
        return rows

    Rewards._graded = noted  # type: ignore[method-assign]
    rewards.answer_of = lambda *_: Answer(ANSWER)
    own = Path(folder) / os.environ["RANK"]
    few = ["--steps", "2", "--generations", "2", "--batch", "1", "--completion-tokens", "8", "--cpu"]
    train_grpo.main(["--base-url", url, "--model", model, "--tasks", "easy-1", "--output", str(own), *few])
    own.with_suffix(".json").write_text(json.dumps(seen), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
