"""Attention in which the completions of one prompt share it: it is read once, however many they are.

A group is laid out as one row: the prompt without its last token, padded on the left, then a stretch for each
completion, which begins with the prompt's last token. The hidden state of each token of a stretch predicts one token of
its completion. All but attention is computed token by token, so that a group's prompt costs what one prompt does:
prompts are longer than the answers to them.
"""

from dataclasses import dataclass

import torch
from torch.nn.functional import scaled_dot_product_attention
from transformers import AttentionInterface, PreTrainedModel

NAME = "codearena_groups"
"""Under which transformers knows it."""


@dataclass(frozen=True)
class Stretches:
    """How the rows of a batch are laid out.

    prompt: tokens of the prompt's part; count: completions of each; width: tokens of each stretch. mask: True where a
    token of a stretch may look, of shape (rows, 1, heads for each key * width, prompt + width); it is the same for all
    stretches of a row, since what follows a completion's end is never looked at.
    """

    prompt: int
    count: int
    width: int
    mask: torch.Tensor


def use_groups(model: PreTrainedModel) -> None:
    """Makes the model take rows of groups. What it does with plain rows and their usual mask stays the same."""
    AttentionInterface.register(NAME, attention)
    model.set_attn_implementation(NAME)


def heads_per_key(model: PreTrainedModel) -> int:
    """Heads of queries that share one head of keys."""
    config = model.config.get_text_config()
    return int(config.num_attention_heads) // int(getattr(config, "num_key_value_heads", config.num_attention_heads))


def attention(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float | None = None,
    stretches: Stretches | None = None,
    **_: object,
) -> tuple[torch.Tensor, None]:
    """What transformers calls in each layer.

    query: (rows, heads, tokens, size); key, value: (rows, heads of keys, tokens, size). The heads that share keys are
    put below each other as more tokens, so that nothing is repeated for them; the mask has as many rows.
    """
    if stretches is None:
        return _folded(query, key, value, attention_mask, scaling), None
    end = stretches.prompt
    before = _folded(query[:, :, :end], key[:, :, :end], value[:, :, :end], attention_mask, scaling)
    after = _stretched(query[:, :, end:], key, value, stretches, scaling)
    return torch.cat([before, after], dim=1), None


def _stretched(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, stretches: Stretches, scaling: float | None
) -> torch.Tensor:
    """Each stretch looks at its row's prompt and at itself."""
    rows, count, width = len(query), stretches.count, stretches.width

    def apart(every: torch.Tensor) -> torch.Tensor:
        parted = every.unflatten(2, (count, width)).transpose(1, 2)
        return parted.reshape(rows * count, every.shape[1], width, every.shape[3])

    def with_prompt(every: torch.Tensor) -> torch.Tensor:
        prompt = every[:, None, :, : stretches.prompt].expand(-1, count, -1, -1, -1).flatten(0, 1)
        return torch.cat([prompt, apart(every[:, :, stretches.prompt :])], dim=2)

    mask = stretches.mask.repeat_interleave(count, dim=0)
    found = _folded(apart(query), with_prompt(key), with_prompt(value), mask, scaling)
    return found.reshape(rows, count * width, *found.shape[2:])


def _folded(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, mask: torch.Tensor | None, scaling: float | None
) -> torch.Tensor:
    """(rows, tokens, heads, size)."""
    rows, heads, tokens, size = query.shape
    shared = key.shape[1]
    folded = query.reshape(rows, shared, heads // shared * tokens, size)
    found = scaled_dot_product_attention(folded, key, value, attn_mask=mask, scale=scaling)
    return found.reshape(rows, heads, tokens, size).transpose(1, 2)
