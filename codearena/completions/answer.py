"""The choice among the candidates of a completion, and the source in the argument of a tool."""

import keyword
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from codearena.completions.blocks import Block, blocks, outermost, spans
from codearena.completions.markup import spoken
from codearena.completions.sources import Sources, entry_name, outline

_INVISIBLE = "\ufeff\u200b\u2060"
"""What some tokenizers leave before the first character: byte order mark, zero-width space, word joiner."""
_CODE_START = re.compile(
    r"^(?:(?:async[ \t]+)?def[ \t]+\w|class[ \t]+\w+[ \t]*[:(\[]|import[ \t]+\w|from[ \t]+[\w.]+[ \t]+import\b|@\w"
    r"|[^\W\d]\w*[ \t]*(?::[^=\n]+)?=[^=])",
    re.MULTILINE,
)

# How a paragraph begins that is no code: a mark of Markdown, a heading, or two words of which the first is no keyword.
_PROSE = re.compile(
    rf"[-*>#]+[ \t]|\d+[.)][ \t]|\*\*\w|\w[\w' -]*[:.!]\s*$|(?!(?:{'|'.join(keyword.kwlist)}|match|case|type)\b)"
    r"[\"'(]?[\w'\u2019]+[,:]?[ \t]+(?!(?:and|or|in|is|if|not|for)\b)[\w'\u2019`\"*(]"
)
_TILDES = re.compile(r"^ {0,3}~{3,}[ \t]*\w", re.MULTILINE)
"""A fence of tildes with a label, which is an expression of Python, too, and as such of no use."""
_MAX_PARAGRAPHS = 8


class NoAnswer(StrEnum):
    """Why a completion has no answer."""

    EMPTY = "empty"
    """It is blank."""
    OPEN_THOUGHT = "open_thought"
    """It ends inside of a thought."""
    NO_CODE = "no_code"
    """There is text, and no code in it."""


@dataclass(frozen=True)
class Answer:
    """What a completion proposes. source: empty if it proposes nothing; missing: then why, else None."""

    source: str
    missing: NoAnswer | None = None

    @property
    def found(self) -> bool:
        return self.missing is None


class _Part:
    """One part of what is said, read as Markdown once in each reading."""

    def __init__(self, text: str) -> None:
        self.text = text.lstrip(_INVISIBLE)

    @cached_property
    def strict(self) -> list[Block]:
        return blocks(self.text)

    @cached_property
    def lenient(self) -> list[Block]:
        return blocks(self.text, indented=False)


Reading = Callable[[_Part], Iterable[Block]]
"""Part -> candidates, the preferred one first."""


def answer_of(completion: str, entry_point: str | None = None) -> Answer:
    """The source that a completion proposes.

    Thoughts and the markup of chat templates are taken out. Of the blocks of code in the rest, as CommonMark reads
    them, the answer is the last one that parses and binds the entry point. Where there is none the blocks are looked
    for less strictly: fences at any indentation, marks in mid-line, marks that are missing, code without fences. Where
    nothing binds it, the last block counts that looks as if it did; then the last Python that defines something, that
    parses, or is called Python. A thought that never ends is no answer, nor is prose.

    entry_point: of the task, such as `average_list` or `Solution().twoSum`, whose first name counts; None: not known,
    then any definition will do. Takes time linear in the completion's length, and parses what `sources` finds bounded:
    call it in a process that may do so, which the services' own may not.
    """
    text = re.sub(r"\r\n?", "\n", completion).lstrip(_INVISIBLE)
    if not text.strip():
        return Answer("", NoAnswer.EMPTY)
    sources, name = Sources(), entry_name(entry_point)
    if whole := _fitting([_Part(text)], _bare, sources, name):
        return Answer(whole)  # a program as it is: whatever it quotes is neither a fence nor a thought
    said = spoken(text, sources)
    parts = [_Part(part) for part in said.parts if part.strip()]
    found = _best(parts, sources, name) or _second_best(parts, sources, name)
    if found is not None:
        return Answer(found)
    return Answer("", NoAnswer.OPEN_THOUGHT if said.unclosed else NoAnswer.NO_CODE)


def source_of(completion: str, entry_point: str | None = None) -> str:
    """The source of `answer_of`; empty if there is no answer."""
    return answer_of(completion, entry_point).source


def code_of(argument: str) -> str:
    """The argument as it is: it is code, and a fence in it belongs to a string.

    Only one fence around all of it is taken off, which the model put there by habit. What begins and ends with a fence
    is no Python, so nothing that would run is changed.
    """
    text = argument.replace("\r\n", "\n").strip()
    inner = outermost(text)
    if inner is None:
        return argument
    is_one = [block.lines for block in blocks(text)] == [(0, text.count("\n") + 1)]
    return inner.source if is_one or Sources().program(inner.source) else argument


def _best(parts: Sequence[_Part], sources: Sources, name: str | None) -> str | None:
    """The last candidate that parses and binds the entry point, in the strictest reading that has one."""
    readings: list[Reading] = [
        _bare,
        lambda part: _preferred(part.strict),
        lambda part: _preferred(part.lenient),
        lambda part: spans(part.text),
        lambda part: _among_prose(part, sources),
    ]
    return next((found for reading in readings if (found := _fitting(parts, reading, sources, name))), None)


def _fitting(parts: Sequence[_Part], reading: Reading, sources: Sources, name: str | None) -> str | None:
    for part in reversed(parts):
        for block in reading(part):
            # Most candidates are turned down by their lines, before anything is parsed.
            if _may_bind(block.source, name) and (program := sources.program(block.source)) and program.has(name):
                return block.source
    return None


def _may_bind(source: str, name: str | None) -> bool:
    """Quick, and true of all that could fit."""
    return name in source if name and name.isascii() else True


def _preferred(found: Sequence[Block]) -> Iterator[Block]:
    """The last first; what is called another language after all others."""
    yield from (block for block in reversed(found) if block.python is not False)
    yield from (block for block in reversed(found) if block.python is False)


def _bare(part: _Part) -> Iterator[Block]:
    """All of it, and without the space that decoding leaves before the first token."""
    if _TILDES.search(part.text):
        return
    yield Block(part.text.strip("\n") + "\n")
    if part.text.startswith(" "):
        yield Block(part.text.strip("\n ") + "\n")


def _among_prose(part: _Part, sources: Sources) -> Iterator[Block]:
    """Code that no mark sets apart from the prose before and after it, also in a fence that is not closed."""
    for block in (Block(part.text), *_preferred(part.strict), *spans(part.text)):
        start = _CODE_START.search(block.source) if block.python is not False else None
        source = block.source[start.start() :].rstrip() + "\n" if start else ""
        for _ in range(_MAX_PARAGRAPHS):
            if not source:
                break
            yield Block(source)
            source = _before_prose(source, sources.broken_at(source))


def _before_prose(source: str, broken_at: int | None) -> str:
    """Up to the paragraph with the line that is no Python; empty if that paragraph is rather broken code than prose.

    An error may be told of a later line than the first one that is wrong: CPython looks for strings that do not end.
    """
    lines = source.split("\n")[:broken_at] if broken_at else []
    blanks = [number for number, line in enumerate(lines) if not line.strip()]
    if not blanks or not _PROSE.match(lines[blanks[-1] + 1] if lines[blanks[-1] + 1 :] else ""):
        return ""
    return "\n".join(lines[: blanks[-1]]).rstrip() + "\n"


def _second_best(parts: Sequence[_Part], sources: Sources, name: str | None) -> str | None:
    """What was meant as an answer but does not parse, or binds something else: graded as it is."""
    found = [block for part in reversed(parts) for block in _preferred(part.strict) if block.python is not False]
    bare = [block for part in reversed(parts) for block in (*_outside(part), *_bare(part))]
    wanted: list[Callable[[Block], object]] = [
        lambda block: outline(block.source).has(name),
        lambda block: (program := sources.program(block.source)) and program.defines,
        lambda block: block.python and sources.program(block.source),
        lambda block: block.python,
        lambda block: sources.program(block.source),
    ]
    chosen = next((block for test in wanted for block in found if test(block)), None)
    if chosen is None:
        chosen = next((block for block in bare if outline(block.source).has(name)), None)
    if chosen is None:
        chosen = next((block for block in bare if _is_program(block.source, sources)), None)
    return chosen.source if chosen else None


def _outside(part: _Part) -> list[Block]:
    """What stands before the first mark of a fence and after the last."""
    found = list(spans(part.text))
    return [found[0], found[-1]] if found else []


def _is_program(source: str, sources: Sources) -> bool:
    """Prose may parse, too, such as a word."""
    program = sources.program(source)
    return outline(source).defines or bool(program and program.names)
