"""Markdown -> the blocks of code in it, as CommonMark reads them, and as they are meant where that finds no answer.

The parser is markdown-it-py. Two of its rules are left out of both readings, since they would hide code: HTML blocks
reach to the next blank line, fences included, and link definitions have no part in this. The second reading knows no
indented code either, so that a fence counts at any indentation. What neither reads right, because marks are missing or
stand in mid-line, is left to `spans`.
"""

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from codearena.completions.sources import MAX_CHARS

_RULES = ("blockquote", "fence", "heading", "hr", "lheading", "list")
_MAX_MARKS = 16
_MAX_INDENTED = 4

_MARK = re.compile(r"`{3,}|~{3,}")
_INDENTED = re.compile(r"^(?: {4}| {0,3}\t)[ \t]*+\S", re.MULTILINE)
_DEEP_MARK = re.compile(r"^(?=[> ]{0,20}(?: {4}|\t))[^\n`~]*+(?:`{3}|~{3})", re.MULTILINE)
_LAST_MARK = re.compile(r"(?:`{3,}|~{3,})\Z")
_PYTHON = re.compile(
    r"\{?\.?(?:python|py)[\d.]*\}?(?=[\s:;,{(='\"]|$|(?:def|class|import|from|async)\b)", re.IGNORECASE
)
_UNSAID = re.compile(r"(?:text|txt|plain|plaintext|code|none)?\s*$", re.IGNORECASE)
# A statement on the fence's own line, as against attributes of the block such as `title=fix` and `{#id}`.
_STATEMENT = re.compile(
    r"(?:async\s+def|def|class|if|for|while|with|return|import|from)\s+[\w.(\[]|try:|@\w|\#|[^\W\d]\w*\s+=\s"
    r"|[^\W\d][\w.]*\(|'''|\"\"\""
)


@dataclass(frozen=True)
class Block:
    """A block of code. python: what its label says; None: nothing. lines: first and the one after the last, from 0."""

    source: str
    python: bool | None = None
    lines: tuple[int, int] = (0, 0)


def blocks(text: str, indented: bool = True) -> list[Block]:
    """The blocks that are not blank, in order. text: with `\\n` as the end of each line.

    indented: whether code may be indented instead of fenced, as CommonMark has it. A fence that is indented by four
    spaces or more is indented code, then, and what it holds is a block all the same.
    """
    return [block for block in _blocks(text, indented, _MAX_INDENTED) if block.source.strip()]


def _blocks(text: str, indented: bool, depth: int) -> Iterator[Block]:
    if not (_MARK.search(text) or _INDENTED.search(text) if indented else _DEEP_MARK.search(text)):
        return  # most prose, and whatever the second reading reads as the first one does
    lines = text.split("\n")
    for token in _reader(indented).parse(text):
        if not token.map or token.type not in ("fence", "code_block"):
            continue
        first, end = token.map
        if token.type == "code_block" and depth and _MARK.match(token.content.lstrip()):
            for block in _blocks(token.content, indented, depth - 1):
                yield replace(block, lines=(first + block.lines[0], first + block.lines[1]))
        else:
            yield _block(token.info, _content(token, lines), (first, end))


def first_mark(text: str) -> int:
    """Where the first mark of a fence is; the end of the text if there is none."""
    mark = _MARK.search(text)
    return mark.start() if mark else len(text)


def spans(text: str) -> Iterator[Block]:
    """What stands between two marks of a fence, wherever in their lines they are; the last first, shorter ones first.

    What stands before the first mark comes last. Where there are very many marks only the last ones are looked at.
    """
    marks = list(_MARK.finditer(text))
    near = marks[-_MAX_MARKS:]
    ends = [mark.start() for mark in near] + [len(text)]
    for number in reversed(range(len(near))):
        start = near[number].end()
        for end in ends[number + 1 :]:
            if end - start > MAX_CHARS:
                break
            info, _, content = text[start:end].partition("\n")
            yield _block(info, _dedented(content))
    if marks:
        yield Block(text[: marks[0].start()].strip("\n") + "\n")


def outermost(text: str) -> Block | None:
    """What stands between a mark that the text begins with and one that it ends with, whatever marks are in it."""
    opening, closing = _MARK.match(text), _LAST_MARK.search(text)
    if not opening or not closing or closing.start() < opening.end():
        return None
    info, _, content = text[opening.end() : closing.start()].partition("\n")
    return _block(info, content)


def _content(token: Token, lines: Sequence[str]) -> str:
    """The block's text. Of a fence's lines CommonMark takes as much indentation as the fence has, even of a line that
    has less: the fence alone was indented then, and its lines are left as they are."""
    content = token.content
    if token.type != "fence" or token.level or not token.map:
        return content
    fence = lines[token.map[0]]
    margin = fence[: len(fence) - len(fence.lstrip(" "))]
    count = content.count("\n") + (not content.endswith("\n"))
    raw = lines[token.map[0] + 1 : token.map[0] + 1 + count]
    meant = all(line.startswith(margin) for line in raw if line.strip())
    return content if meant or not content else "\n".join(raw) + "\n"


@cache
def _reader(indented: bool) -> MarkdownIt:
    """The core's own normalizing is left out, too: it replaces NUL, which is the attempt's to answer for."""
    reader = MarkdownIt("zero").enable([*_RULES, "code"] if indented else list(_RULES))
    return reader.disable(["normalize", "inline", "text_join"])


def _block(info: str, content: str, lines: tuple[int, int] = (0, 0)) -> Block:
    label = info.strip()
    if match := _PYTHON.match(label):
        python, rest = True, label[match.end() :].strip()
    elif _UNSAID.match(label) or _STATEMENT.match(label):
        python, rest = None, label
    else:
        python, rest = False, ""
    first = f"{rest}\n" if _STATEMENT.match(rest) else ""
    source = first + content
    return Block(source if source.endswith("\n") or not source else source + "\n", python, lines)


def _dedented(content: str) -> str:
    """Only if it is indented: dedenting empties blank lines, which may be part of a string."""
    return textwrap.dedent(content) if content.lstrip("\n").startswith((" ", "\t")) else content
