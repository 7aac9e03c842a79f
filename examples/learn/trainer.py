"""TRL's GRPOTrainer, with the prompt of each group read once: when it samples, and when it learns.

What is computed is what TRL computes: the same log-probabilities (tests/train/test_learn.py compares them), loss,
advantages, schedule, checkpoints. Of the logits only those of completions are computed.
"""

import copy
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from typing import Any

import torch
from torch.nn.functional import cross_entropy
from torch.utils.checkpoint import checkpoint
from transformers import PreTrainedModel
from trl import GRPOTrainer

from examples.learn.attention import heads_per_key, use_groups
from examples.learn.clock import Clock
from examples.learn.layout import Groups, Prompts
from examples.learn.sampling import Decoding, complete

_ROUNDING = 1e-4
"""Of the advantages of equal rewards; of others they are a thousand times as large."""
_SCORED_AT_ONCE = 8192
"""Tokens whose logits are in memory at one time: 1.6 GB of float32 where there are 49,152 tokens to choose from."""


class GroupTrainer(GRPOTrainer):
    """A batch has whole groups: `steps_per_generation` is 1. clock: is told how long what takes."""

    def __init__(self, *arguments: Any, clock: Clock, **more: Any) -> None:
        super().__init__(*arguments, rollout_func=lambda prompts, _: self._rollouts(prompts), **more)
        self._clock = clock
        use_groups(self.plain(self.model))
        self._sampler = Sampler(self.plain(self.model))

    def sampling_model(self) -> PreTrainedModel:
        """The model as it is now, for sampling."""
        return self._sampler.current()

    def decoding(self, temperatures: Sequence[float]) -> Decoding:
        """As the training samples, but for the temperatures: one for each completion of a prompt."""
        ends, pad = frozenset(self.eos_token_ids), self._tokenizer.pad_token_id
        return Decoding(self.max_completion_length, temperatures, ends, pad)

    def ids_of(self, prompt: Sequence[dict[str, str]]) -> list[int]:
        """A conversation by the model's own template."""
        made = self.processing_class.apply_chat_template(
            prompt, add_generation_prompt=True, tokenize=True, return_dict=True
        )
        return list(made["input_ids"])

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        """What TRL logs, with where the time went since the record before."""
        if "reward" in logs or "reward" in self._metrics["train"]:
            logs.update(self._clock.record())
        super().log(logs, start_time)

    def plain(self, model: Any) -> PreTrainedModel:
        """The model itself, below what wraps it for low-rank adapters and several devices."""
        model = self.accelerator.unwrap_model(model)
        plain: PreTrainedModel = model.get_base_model() if hasattr(model, "get_base_model") else model
        return plain

    def _rollouts(self, prompts: Sequence[Sequence[dict[str, str]]]) -> dict[str, Any]:
        groups = [list(group) for _, group in groupby(prompts)]
        ids = [self.ids_of(group[0]) for group in groups]
        rng = torch.Generator(self.accelerator.device).manual_seed(self.args.seed * 1_000_003 + self.state.global_step)
        decoding = self.decoding([self.temperature] * max(map(len, groups)))
        with self._clock.timed("sampling"):
            found = complete(self.sampling_model(), ids, decoding, rng)
        completions = [ids for group, of_group in zip(groups, found, strict=True) for ids in of_group[: len(group)]]
        repeated = [each for each, group in zip(ids, groups, strict=True) for _ in group]
        return {"prompt_ids": repeated, "completion_ids": completions, "logprobs": None}

    def _calculate_rewards(self, *arguments: Any, **more: Any) -> Any:
        with self._clock.timed("rewards"):
            found = super()._calculate_rewards(*arguments, **more)
        self._clock.count(len(found), int(torch.isnan(found[:, 0]).sum()))
        return found

    def training_step(self, *arguments: Any, **more: Any) -> torch.Tensor:
        with self._clock.timed("step"):
            loss: torch.Tensor = super().training_step(*arguments, **more)
        return loss

    def _compute_loss(self, model: Any, inputs: dict[str, Any]) -> torch.Tensor:
        """Of the completions that teach something: an advantage of 0, as in a group of equal rewards, has no gradient.

        The loss is what it would be with the others: TRL divides by the tokens of the whole batch.
        """
        loss: torch.Tensor = super()._compute_loss(model, _telling(inputs))
        return loss

    def _get_per_token_logps_and_entropies(
        self,
        model: Any,
        input_ids: torch.Tensor,
        attention_mask: torch.Tensor,
        logits_to_keep: int,
        batch_size: int | None = None,
        compute_entropy: bool = False,
        **_: Any,
    ) -> tuple[torch.Tensor, torch.Tensor | None, None]:
        """As TRL has it: (completions, tokens of the longest), of the sampled tokens."""
        split = input_ids.shape[1] - logits_to_keep
        prompts = [row[seen.bool()].tolist() for row, seen in zip(input_ids[:, :split], attention_mask[:, :split])]  # noqa: B905
        answers = input_ids[:, split:].masked_fill(attention_mask[:, split:] == 0, -1)
        places = _places(prompts)
        own = Prompts.of([prompts[rows[0]] for rows in places], self._tokenizer.pad_token_id, input_ids.device)
        count = max(map(len, places))
        completions = answers.new_full((len(places), count, logits_to_keep), -1)
        for place, rows in enumerate(places):
            completions[place, : len(rows)] = answers[rows]
        plain = self.plain(model)
        groups = Groups.of(own, completions, heads_per_key(plain))
        with self.accelerator.autocast():
            scored, entropies = scores(plain, groups, self.temperature)
        order = torch.tensor([place * count + n for place, rows in enumerate(places) for n in range(len(rows))])
        back = torch.empty_like(order)
        back[torch.tensor([row for rows in places for row in rows])] = order
        back = back.to(input_ids.device)
        return scored.flatten(0, 1)[back], entropies.flatten(0, 1)[back] if compute_entropy else None, None


def _telling(inputs: dict[str, Any]) -> dict[str, Any]:
    """The rows of a batch whose advantage is not 0; the first one if there are none."""
    advantages = inputs["advantages"]
    telling = advantages.abs() > _ROUNDING
    rows = telling.nonzero()[:, 0] if bool(telling.any()) else telling.new_zeros(1, dtype=torch.long)
    width = int(inputs["completion_mask"][rows].sum(dim=1).max().clamp(min=1))
    found = {}
    for name, value in inputs.items():
        is_of_rows = isinstance(value, torch.Tensor) and value.dim() > 0 and len(value) == len(advantages)
        found[name] = value[rows] if is_of_rows else value
        if name.startswith("completion_"):
            found[name] = found[name][:, :width]
    return found


def _places(prompts: Sequence[Sequence[int]]) -> list[list[int]]:
    """The rows of each prompt."""
    found: dict[tuple[int, ...], list[int]] = {}
    for place, prompt in enumerate(prompts):
        found.setdefault(tuple(prompt), []).append(place)
    return list(found.values())


def scores(model: PreTrainedModel, groups: Groups, temperature: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Log-probability of each target, and entropy there without a gradient: (rows, count, width), 0 where none is."""
    made = model.base_model(
        input_ids=groups.ids,
        position_ids=groups.positions,
        attention_mask=groups.mask,
        stretches=groups.stretches,
        use_cache=False,
    )
    hidden = made.last_hidden_state[:, groups.stretches.prompt :].unflatten(1, groups.targets.shape[1:])
    there = groups.targets >= 0
    hidden, targets = hidden[there], groups.targets[there]
    head = model.get_output_embeddings()
    parts = list(zip(hidden.split(_SCORED_AT_ONCE), targets.split(_SCORED_AT_ONCE), strict=True))
    if len(parts) == 1:
        found = [_score(head, *parts[0], temperature)]
    else:  # their logits are computed again for the gradient: all of them would be too much to keep
        found = [checkpoint(_score, head, *part, temperature, use_reentrant=False) for part in parts]
    zeros = hidden.new_zeros(there.shape, dtype=torch.float32)
    scored, entropies = (torch.cat(each) for each in zip(*found, strict=True))
    return zeros.masked_scatter(there, scored), zeros.masked_scatter(there, entropies)


def _score(
    head: torch.nn.Module, hidden: torch.Tensor, targets: torch.Tensor, temperature: float
) -> tuple[torch.Tensor, torch.Tensor]:
    logits = head(hidden).float() / temperature
    with torch.no_grad():
        chances = torch.log_softmax(logits, dim=-1)
        entropies = -(chances.exp() * chances).sum(dim=-1)
    return -cross_entropy(logits, targets, reduction="none"), entropies


class Sampler:
    """The model for sampling: on a CPU a copy in bfloat16, which takes half the memory and half the time."""

    def __init__(self, model: PreTrainedModel) -> None:
        self._model = model
        adapted = any("lora_" in name for name, _ in model.named_parameters())
        is_copied = model.device.type == "cpu" and model.dtype == torch.float32 and not adapted
        self._copy = copy.deepcopy(model).to(torch.bfloat16).eval() if is_copied else None
        if self._copy is not None:
            # TRL's own, put on the model itself, which would go on computing with that one.
            self._copy.__dict__.pop("forward", None)

    @torch.no_grad()
    def current(self) -> PreTrainedModel:
        """With the weights as they are now."""
        if self._copy is None:
            return self._model
        for kept, now in zip(self._copy.parameters(), self._model.parameters(), strict=True):
            kept.copy_(now)
        return self._copy


@contextmanager
def evaluating(model: PreTrainedModel) -> Iterator[None]:
    """Without dropout, for the length of the block."""
    was_training = model.training
    model.eval()
    try:
        yield
    finally:
        model.train(was_training)
