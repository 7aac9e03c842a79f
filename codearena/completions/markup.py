"""The markup that models put around an answer: thoughts and channels, ends of a turn, wrappers.

One table for the families in use. Its sources are the reasoning parsers of vLLM (`vllm/reasoning/`, one for each
family), OpenAI's harmony format, and the tokenizer configurations of the models named.
"""

import re
from bisect import bisect_right
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from itertools import accumulate

from codearena.completions.blocks import Block, blocks, first_mark
from codearena.completions.sources import Sources


class Kind(Enum):
    """What markup means. SPLIT: a wrapper or a header, which is no part of the answer and ends nothing."""

    OPEN = "open"
    CLOSE = "close"
    END = "end"
    SPLIT = "split"


_WORDS = r"(?:[a-z]{1,12}[:_])?think(?:ing)?|thoughts?|reasoning|reflection|scratchpad|analysis"

TABLE: tuple[tuple[Kind, str, str], ...] = (
    # What it means, its pattern, and who writes it.
    (
        Kind.OPEN,
        rf"<(?:{_WORDS})>",
        "DeepSeek, Qwen, GLM, MiniMax, Phi, Hunyuan, Seed-OSS, LongCat",
    ),
    (Kind.CLOSE, rf"</(?:{_WORDS})>", "the same, and <reasoning> of many recipes for GRPO"),
    (Kind.OPEN, r"<\|begin_of_thought\|>", "Sky-T1, OpenThinker"),
    (Kind.CLOSE, r"<\|end_of_thought\|>|<\|begin_of_solution\|>", "the same"),
    (Kind.SPLIT, r"<\|end_of_solution\|>", "the same"),
    (Kind.OPEN, r"\[THINK\]", "Mistral's Magistral"),
    (Kind.CLOSE, r"\[/THINK\]", "the same"),
    (Kind.OPEN, r"<\|START_THINKING\|>", "Cohere's Command A"),
    (Kind.CLOSE, r"<\|END_THINKING\|>", "the same"),
    (Kind.SPLIT, r"<\|(?:START|END)_(?:RESPONSE|TEXT)\|>|<\|CHATBOT_TOKEN\|>", "the same"),
    (Kind.OPEN, r"<\|channel>thought", "Gemma 4"),
    (Kind.CLOSE, r"<channel\|>", "the same"),
    (Kind.OPEN, r"◁think▷", "Kimi-VL"),
    (Kind.CLOSE, r"◁/think▷", "the same"),
    (Kind.OPEN, r"<\|inner_prefix\|>", "Apertus"),
    (Kind.CLOSE, r"<\|inner_suffix\|>", "the same"),
    (Kind.OPEN, r"<\|think:start\|>", "Solar Open"),
    (Kind.CLOSE, r"<\|think:end\|>", "the same"),
    (Kind.OPEN, r"<unused94>", "MedGemma"),
    (Kind.CLOSE, r"<unused95>", "the same"),
    # A phrase of Granite 3.2 may be said by anybody, so that it closes a thought and opens none.
    (Kind.CLOSE, r"^Here(?:'s| is) my response:", "Granite 3.2"),
    (Kind.CLOSE, r"\[BEGIN FINAL RESPONSE\]", "Apriel"),
    (Kind.SPLIT, r"\[END FINAL RESPONSE\]", "the same"),
    # The harmony format of gpt-oss, with its special tokens and decoded without them. All channels but one are thought.
    (Kind.CLOSE, r"(?:<\|start\|>assistant)?<\|channel\|>final\b[^<\n]{0,40}<\|message\|>", "gpt-oss"),
    (Kind.OPEN, r"(?:<\|start\|>assistant)?<\|channel\|>(?:analysis|commentary)\b", "gpt-oss"),
    (Kind.CLOSE, r"assistant(?:<\|channel\|>)?final(?![a-z_])", "gpt-oss, decoded without special tokens"),
    (Kind.OPEN, r"\A\s*(?:assistant)?analysis(?=[A-Z\"'(`*])", "the same"),
    # A turn's end: nothing after it is the answer.
    (Kind.END, r"<\|im_end\|>|<\|im_start\|>(?!assistant)", "ChatML: Qwen, Yi, SmolLM and more"),
    (Kind.END, r"<\|e(?:ot|om)_id\|>|<\|end_of_text\|>|<\|start_header_id\|>(?!assistant)|<\|eot\|>", "Llama, Granite"),
    (
        Kind.END,
        r"<\|endoftext\|>|<\|end\|>|<\|return\|>|<\|call\|>|<\|user\|>|<\|observation\|>",
        "GPT, Phi, GLM",
    ),
    (Kind.END, r"<end_of_turn>|<start_of_turn>(?!model)|<turn\|>|<eos>|<pad>", "Gemma"),
    (Kind.END, r"<\uff5cend▁of▁sentence\uff5c>|<\uff5cUser\uff5c>", "DeepSeek"),
    (Kind.END, r"<\|END_OF_TURN_TOKEN\|>|<\|USER_TOKEN\|>|\[\|endofturn\|\]|\[\|user\|\]", "Cohere, EXAONE"),
    (Kind.END, r"</s>(?=\s*(?:\Z|[<\n\[]))|\[INST\]", "Mistral, Llama 2"),
    (
        Kind.SPLIT,
        r"<\|im_start\|>assistant|<\|start_header_id\|>assistant<\|end_header_id\|>|<\|assistant\|>",
        "headers",
    ),
    (Kind.SPLIT, r"<start_of_turn>model|<\uff5cAssistant\uff5c>|\[\|assistant\|\]|\[/INST\]", "headers"),
    (Kind.SPLIT, r"<\|begin_of_text\|>|<bos>|<\uff5cbegin▁of▁sentence\uff5c>|<s>", "beginnings"),
    (Kind.SPLIT, r"</?(?:answer|final_answer|response|solution|python|code|pre)(?:\s[^<>\n]{0,80})?>", "recipes, HTML"),
    (Kind.SPLIT, r"\[/?(?:PYTHON|ANSWER|CODE)\]", "Code Llama"),
)

_ROWS = "|".join(f"(?P<r{row}>{pattern})" for row, (_, pattern, _) in enumerate(TABLE))
# Looking at the first character first makes it ten times as fast.
_MARKUP = re.compile(rf"(?=[<\[◁aH]|\A)(?:{_ROWS})", re.MULTILINE)
_WORD = re.compile(r"<[a-z]")
_NEAR_CHARS = 200
_MAX_THOUGHTS = 4
_MAX_PARTS = 32

_Span = tuple[int, int, str]
"""Where a block starts and ends in the text, and its source."""


@dataclass(frozen=True)
class Spoken:
    """What a completion says aloud. parts: in order, without markup; unclosed: it ends inside of a thought."""

    parts: tuple[str, ...]
    unclosed: bool


def spoken(text: str, sources: Sources) -> Spoken:
    """Takes thoughts and markup out. text: with `\\n` as the end of each line.

    A thought that is closed but was not opened was opened by the chat template: everything before is part of it. One
    that is not closed reaches to the end. Of very many thoughts only what follows the last end counts.
    """
    parts: deque[str] = deque(maxlen=_MAX_PARTS)
    rest = text
    for _ in range(_MAX_THOUGHTS):
        thinking, start = False, 0
        for kind, begin, end in _found(rest, sources):
            if kind is Kind.CLOSE:
                if not thinking:
                    parts.clear()
                rest = rest[end:]
                break
            if thinking:
                continue
            parts.append(rest[start:begin])
            start, thinking = end, kind is Kind.OPEN
            if kind is Kind.END:
                return Spoken(tuple(parts), False)
        else:
            return Spoken(tuple(parts) if thinking else (*parts, rest[start:]), thinking)
    last_close = max((match.end() for match in _MARKUP.finditer(rest) if _kind(match) is Kind.CLOSE), default=0)
    return Spoken((rest[last_close:],), False)


def _found(text: str, sources: Sources) -> Iterator[tuple[Kind, int, int]]:
    """Kind, start and end of all that is markup. What code or prose only mentions is none: see `_mentioned`."""
    code = _Code(text, sources)
    for match in _MARKUP.finditer(text):
        kind = _kind(match)
        if not _mentioned(text, match, kind) and match.start() not in code:
            yield kind, match.start(), match.end()


class _Code:
    """Where a text is inside of a fenced block that parses: what stands there is code, whatever it looks like.

    A block that does not parse may be a fence of a thought which swallows the thought's end.
    """

    def __init__(self, text: str, sources: Sources) -> None:
        self._text = text
        self._sources = sources
        self._first_mark = first_mark(text)

    def __contains__(self, position: int) -> bool:
        if position < self._first_mark:
            return False
        return self._within(self._strict, position) or self._within(self._lenient, position)

    def _within(self, spans: Sequence[_Span], position: int) -> bool:
        number = bisect_right(spans, position, key=lambda span: span[0]) - 1
        return number >= 0 and position < spans[number][1] and self._sources.program(spans[number][2]) is not None

    @cached_property
    def _strict(self) -> list[_Span]:
        return self._spans(blocks(self._text))

    @cached_property
    def _lenient(self) -> list[_Span]:
        return self._spans(blocks(self._text, indented=False))

    @cached_property
    def _starts(self) -> list[int]:
        """Of each line, and the end of the text."""
        return [0, *accumulate(len(line) + 1 for line in self._text.split("\n"))]

    def _spans(self, found: Sequence[Block]) -> list[_Span]:
        return [(self._starts[block.lines[0]], self._starts[block.lines[1]], block.source) for block in found]


def _mentioned(text: str, match: re.Match[str], kind: Kind) -> bool:
    """Whether it is quoted, or is the opening of a thought in the midst of a sentence."""
    before = text[max(match.start() - _NEAR_CHARS, 0) : match.start()].rpartition("\n")[2]
    after = text[match.end() : match.end() + _NEAR_CHARS].partition("\n")[0]
    fenced = before.endswith("```") or after.startswith("```")
    if not fenced and before and after and before[-1] == after[0] and after[0] in "'\"`":
        return True
    if before.count('"') % 2 and '"' in after:
        return True
    if kind is Kind.OPEN and _WORD.match(match[0]):
        return bool(before.strip() and not before.rstrip().endswith((">", "]")) and after.strip())
    return False


def _kind(match: re.Match[str]) -> Kind:
    return TABLE[int((match.lastgroup or "r0")[1:])][0]
