"""Completions of prompts, several of each at once, with the prompt read once for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from transformers import Cache, DynamicLayer, PreTrainedModel

from examples.learn.attention import heads_per_key
from examples.learn.layout import Ids, Prompts

_DROP_AT = 0.25
"""Share of the rows that have ended at which they are taken out: to do so copies the cache."""


@dataclass(frozen=True)
class Decoding:
    """How tokens are chosen.

    tokens: of a completion, at most; temperatures: one for each completion of a prompt, 0 for the likeliest token each
    time; ends: tokens that end a completion, and are its last; pad: what shorter prompts are filled with.
    """

    tokens: int
    temperatures: Sequence[float]
    ends: frozenset[int]
    pad: int


class _GrowingLayer(DynamicLayer):
    """A layer's keys and values with room for more, so that a token does not copy all those before it."""

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *_: object, **__: object
    ) -> tuple[torch.Tensor, torch.Tensor]:
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
            self._rooms = [each.new_empty(0) for each in (key_states, value_states)]
        old = self.get_seq_length()
        new = old + key_states.shape[2]
        if not self._rooms[0].numel() or self._rooms[0].shape[2] < new or len(self._rooms[0]) != len(key_states):
            self._rooms = [self._larger(each, old, new) for each in (key_states, value_states)]
            if old:
                for room, before in zip(self._rooms, (self.keys, self.values), strict=True):
                    room[:, :, :old] = before
        for room, more in zip(self._rooms, (key_states, value_states), strict=True):
            room[:, :, old:new] = more
        self.keys, self.values = (room[:, :, :new] for room in self._rooms)
        return self.keys, self.values

    @staticmethod
    def _larger(like: torch.Tensor, old: int, new: int) -> torch.Tensor:
        return like.new_empty(like.shape[0], like.shape[1], new + max(256, old // 2), like.shape[3])


@torch.inference_mode()
def complete(
    model: PreTrainedModel, prompts: Sequence[Ids], decoding: Decoding, rng: torch.Generator
) -> list[list[list[int]]]:
    """For each prompt its completions, as tokens: as many as there are temperatures.

    rng: of the model's device. A completion of `tokens` tokens whose last one is no end was cut off.
    """
    return _Batch(model, prompts, decoding, rng).run()


class _Batch:
    """One batch in progress. Rows are prompts; a row takes a token of each of its completions at a time."""

    def __init__(
        self, model: PreTrainedModel, prompts: Sequence[Ids], decoding: Decoding, rng: torch.Generator
    ) -> None:
        self._model, self._decoding, self._rng = model, decoding, rng
        self._heads = heads_per_key(model)
        self._prompts = Prompts.of(prompts, decoding.pad, model.device)
        self._cache = Cache(layer_class_to_replicate=_GrowingLayer)
        self._found: list[list[list[int]]] = [[[] for _ in decoding.temperatures] for _ in prompts]
        self._rows = list(range(len(prompts)))
        self._seen, self._lengths = self._prompts.seen, self._prompts.lengths
        self._ended = torch.zeros(len(prompts), len(decoding.temperatures), dtype=torch.bool, device=model.device)
        self._ends = torch.tensor(sorted(decoding.ends), device=model.device)

    def run(self) -> list[list[list[int]]]:
        prompts = self._prompts
        self._forward(prompts.ids, prompts.positions, prompts.mask(self._heads), 1)
        tokens = prompts.last[:, None].expand(-1, len(self._decoding.temperatures))
        for step in range(self._decoding.tokens):
            logits = self._forward(tokens, self._positions(tokens, step), self._mask(step), 0)
            tokens = self._chosen(logits)
            self._keep(tokens)
            if bool(self._ended.all()):
                break
            tokens = self._dropped(tokens)
        return self._found

    def _forward(self, ids: torch.Tensor, positions: torch.Tensor, mask: torch.Tensor, keep: int) -> torch.Tensor:
        """Logits of all tokens, or of the last few."""
        made = self._model(
            input_ids=ids,
            position_ids=positions,
            attention_mask=mask,
            past_key_values=self._cache,
            use_cache=True,
            logits_to_keep=keep,
        )
        logits: torch.Tensor = made.logits
        return logits

    def _positions(self, tokens: torch.Tensor, step: int) -> torch.Tensor:
        return (self._lengths + step)[:, None].expand_as(tokens)

    def _mask(self, step: int) -> torch.Tensor:
        """A completion looks at the prompt and at its own tokens, which stand among those of the others."""
        count = len(self._decoding.temperatures)
        own = torch.eye(count, dtype=torch.bool, device=self._seen.device).repeat(1, step + 1)
        rows = len(self._rows)
        looks = torch.cat([self._seen[:, None].expand(-1, count, -1), own.expand(rows, -1, -1)], dim=2)
        return looks[:, None].repeat(1, 1, self._heads, 1)

    def _chosen(self, logits: torch.Tensor) -> torch.Tensor:
        """A token of each completion: (rows, count)."""
        chosen = logits.argmax(dim=-1)
        for place, temperature in enumerate(self._decoding.temperatures):
            if temperature:
                chances = torch.softmax(logits[:, place].float() / temperature, dim=-1)
                chosen[:, place] = torch.multinomial(chances, 1, generator=self._rng)[:, 0]
        return chosen

    def _keep(self, tokens: torch.Tensor) -> None:
        ended = self._ended.tolist()
        for place, (row, found) in enumerate(zip(self._rows, tokens.tolist(), strict=True)):
            for number, token in enumerate(found):
                if not ended[place][number]:
                    self._found[row][number].append(token)
        self._ended = self._ended | torch.isin(tokens, self._ends)

    def _dropped(self, tokens: torch.Tensor) -> torch.Tensor:
        """The tokens of the rows that go on, if enough others have ended to take these out."""
        done = self._ended.all(dim=1)
        if float(done.float().mean()) < _DROP_AT:
            return tokens
        kept = (~done).nonzero()[:, 0]
        self._cache.batch_select_indices(kept)
        self._seen, self._lengths, self._ended = self._seen[kept], self._lengths[kept], self._ended[kept]
        self._rows = [self._rows[place] for place in kept.tolist()]
        return tokens[kept]
