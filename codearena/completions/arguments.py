"""The argument of a tool -> the source in it."""

from codearena.completions.blocks import Block, blocks, outermost
from codearena.completions.sources import Sources


def code_of(argument: str) -> str:
    """The argument as it is: it is code, and a fence in it belongs to a string.

    Only one fence around all of it is taken off, which the model put there by habit. What begins and ends with a fence
    is no Python, so nothing that would run is changed.
    """
    text = argument.replace("\r\n", "\n").strip()
    inner = outermost(text)
    if inner is None:
        return argument
    return inner.source if Sources().program(inner.source) or _is_one(blocks(text), text) else argument


def _is_one(found: list[Block], text: str) -> bool:
    return len(found) == 1 and found[0].lines == (0, text.count("\n") + 1)
