"""Prompts and completions -> the rows of groups that examples/learn/attention.py computes, and back."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from examples.learn.attention import Stretches

Ids = Sequence[int]


@dataclass(frozen=True)
class Prompts:
    """Prompts without their last tokens, padded on the left.

    ids, positions: (rows, width); seen: (rows, width), True at tokens that are there; last: (rows,), the last tokens;
    lengths: (rows,), without the last token.
    """

    ids: torch.Tensor
    positions: torch.Tensor
    seen: torch.Tensor
    last: torch.Tensor
    lengths: torch.Tensor

    @classmethod
    def of(cls, prompts: Sequence[Ids], pad: int, device: torch.device) -> "Prompts":
        """Each has two tokens at least, as every chat template's has."""
        width = max(map(len, prompts)) - 1
        rows = [[pad] * (width - len(each) + 1) + list(each[:-1]) for each in prompts]
        ids = torch.tensor(rows, device=device)
        lengths = torch.tensor([len(each) - 1 for each in prompts], device=device)
        places = torch.arange(width, device=device)[None] - (width - lengths)[:, None]
        last = torch.tensor([each[-1] for each in prompts], device=device)
        return cls(ids, places.clamp(min=0), places >= 0, last, lengths)

    def mask(self, heads: int) -> torch.Tensor:
        """Where the tokens of the prompt look: (rows, 1, heads * width, width). A padding token looks at itself."""
        width = self.ids.shape[1]
        causal = torch.ones(width, width, dtype=torch.bool, device=self.ids.device).tril()
        own = torch.eye(width, dtype=torch.bool, device=self.ids.device)
        return ((causal & self.seen[:, None]) | own)[:, None].repeat(1, 1, heads, 1)


@dataclass(frozen=True)
class Groups:
    """A batch of groups for one pass of the model.

    ids, positions: (rows, prompt + count * width); targets: (rows, count, width), the tokens that the stretches are to
    predict, -1 where there is none.
    """

    ids: torch.Tensor
    positions: torch.Tensor
    mask: torch.Tensor
    stretches: Stretches
    targets: torch.Tensor

    @classmethod
    def of(cls, prompts: Prompts, completions: torch.Tensor, heads: int) -> "Groups":
        """completions: (rows, count, width), -1 behind their ends."""
        rows, count, width = completions.shape
        device = completions.device
        first = prompts.last[:, None, None].expand(rows, count, 1)
        inputs = torch.cat([first, completions[:, :, :-1].clamp(min=0)], dim=2)
        places = prompts.lengths[:, None, None] + torch.arange(width, device=device)
        causal = torch.ones(width, width, dtype=torch.bool, device=device).tril()
        looks = torch.cat([prompts.seen[:, None].expand(-1, width, -1), causal.expand(rows, -1, -1)], dim=2)
        return cls(
            torch.cat([prompts.ids, inputs.flatten(1)], dim=1),
            torch.cat([prompts.positions, places.expand(rows, count, width).flatten(1)], dim=1),
            prompts.mask(heads),
            Stretches(prompts.ids.shape[1], count, width, looks[:, None].repeat(1, 1, heads, 1)),
            completions,
        )
