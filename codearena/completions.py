"""A model's answer -> the source in it."""

import re

# A fence is a line of three or more backticks or tildes, indented by at most three spaces; it ends with one at least as
# long, or with the text (CommonMark 0.31, section 4.5).
_FENCE = re.compile(r"^ {0,3}(?P<mark>`{3,}|~{3,})[ \t]*(?P<label>[^\s`]*)[^\n`]*$")
_PYTHON = frozenset({"python", "python3", "py", "py3"})
_THOUGHT = re.compile(r"^.*</think(?:ing)?>", re.DOTALL)


def source_of(completion: str) -> str:
    """The source that a completion proposes: its last block of Python, else its last block of any kind, else all of it.

    What a reasoning model writes before `</think>` is no part of its answer. A block that the completion's end cut off
    counts, since what is missing will show when it is run.
    """
    answer = _THOUGHT.sub("", completion)
    blocks = _blocks(answer)
    chosen = [text for label, text in blocks if label.lower() in _PYTHON] or [text for _, text in blocks]
    return chosen[-1] if chosen else answer.strip() + "\n"


def _blocks(text: str) -> list[tuple[str, str]]:
    """Label and content of each fenced block, in order."""
    blocks: list[tuple[str, str]] = []
    lines: list[str] = []
    mark = label = ""
    for line in text.splitlines():
        fence = _FENCE.match(line)
        if not mark and fence:
            mark, label, lines = fence["mark"], fence["label"], []
        elif mark and fence and not fence["label"] and fence["mark"].startswith(mark):
            blocks.append((label, _joined(lines)))
            mark = ""
        else:
            lines.append(line)
    return [*blocks, (label, _joined(lines))] if mark else blocks


def _joined(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
