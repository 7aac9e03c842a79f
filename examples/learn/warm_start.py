"""Before the training with rewards: a few passes over what the service's built-in fixer repaired, as examples.

Only training tasks, and only repairs that the service grades as solved. It is a curve of its own: what the rewards
teach has to be told from what the examples have taught.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from transformers import PreTrainedModel, get_constant_schedule_with_warmup

from codearena.integrations.trl import conversation, task_text
from codearena.sdk.client import CodeArena
from examples.learn.attention import heads_per_key
from examples.learn.layout import Groups, Ids, Prompts
from examples.learn.trainer import scores

_AT_ONCE = 8
_WARMUP_STEPS = 3
_LEARNING_RATE = 1e-4


@dataclass(frozen=True)
class Example:
    """A conversation that asks for a repair, and the answer that is to be given."""

    prompt: list[dict[str, str]]
    answer: str


def solved_by_fixer(arena: CodeArena, most: int, seed: int) -> list[Example]:
    """Training tasks, in an order that the seed gives, that the fixer solves at once; with its repair."""
    tasks = sorted(arena.tasks(split="train"), key=lambda task: task.id)
    random.Random(seed).shuffle(tasks)
    found: list[Example] = []
    for task in tasks:
        if len(found) == most:
            break
        episode = arena.reset(task.id)
        seen = episode.observation
        fixed = arena.fix(seen.buggy_code, seen.error_log, task_id=task.id)
        if arena.step(fixed.fixed_code, episode_id=episode.episode_id).info.solved:
            found.append(Example(conversation(task_text(seen)), f"```python\n{fixed.fixed_code.rstrip()}\n```"))
    return found


def warm_started(
    model: PreTrainedModel,
    examples: Sequence[Example],
    ids_of: Callable[[list[dict[str, str]]], Ids],
    answer_ids: Callable[[str], Ids],
    *,
    epochs: int,
    seed: int,
) -> list[float]:
    """Trains the weights on the answers; the mean loss of a token for each update, in nats.

    answer_ids: an answer as tokens, with the one that ends a turn.
    """
    rng = torch.Generator().manual_seed(seed)
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=_LEARNING_RATE, weight_decay=0.0)
    schedule = get_constant_schedule_with_warmup(optimizer, _WARMUP_STEPS)
    pairs = [(ids_of(example.prompt), answer_ids(example.answer)) for example in examples]
    losses = []
    model.train()
    for _ in range(epochs):
        order = torch.randperm(len(pairs), generator=rng).tolist()
        for start in range(0, len(order), _AT_ONCE):
            loss = _loss(model, [pairs[place] for place in order[start : start + _AT_ONCE]])
            loss.backward()
            torch.nn.utils.clip_grad_norm_(weights, 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            losses.append(float(loss))
    return losses


def _loss(model: PreTrainedModel, pairs: Sequence[tuple[Ids, Ids]]) -> torch.Tensor:
    pad = int(model.config.get_text_config().pad_token_id or 0)
    prompts = Prompts.of([prompt for prompt, _ in pairs], pad, model.device)
    width = max(len(answer) for _, answer in pairs)
    targets = torch.full((len(pairs), 1, width), -1, device=model.device)
    for place, (_, answer) in enumerate(pairs):
        targets[place, 0, : len(answer)] = torch.tensor(answer)
    with torch.autocast(model.device.type, dtype=torch.bfloat16):
        found, _ = scores(model, Groups.of(prompts, targets, heads_per_key(model)), 1.0)
    return -found.sum() / (targets >= 0).sum()
