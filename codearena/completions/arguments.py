"""The argument of a tool -> the source in it."""

from codearena.completions.blocks import blocks


def code_of(argument: str) -> str:
    """The argument as it is: it is code, and a fence in it belongs to a string.

    Only a fence around all of it is taken off, which the model put there by habit. No Python ends with a closing fence
    outside of a string, so nothing that would run is changed.
    """
    text = argument.replace("\r\n", "\n").strip()
    if not text.startswith(("```", "~~~")) or not text.endswith(text[:3]):
        return argument
    found = blocks(text)
    count = text.count("\n") + 1
    return found[0].source if len(found) == 1 and found[0].lines == (0, count) else argument
