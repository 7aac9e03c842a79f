"""Commands that run together: nothing of anybody else comes in between."""

from collections.abc import Callable, Mapping, Sequence
from typing import cast

from redis.commands.core import AsyncScript

Word = str | int | bytes


class Together:
    """Runs commands on keys of one slot."""

    def __init__(self, script: Callable[[Sequence[str]], AsyncScript]) -> None:
        self._script = script(["together.lua"])

    async def run(self, *commands: Sequence[Word]) -> list[object]:
        """What each command returned; hashes and scores as a flat list. Its key is a command's second word."""
        words: list[Word] = [word for command in commands for word in (len(command), *command)]
        replies = await self._script(keys=[str(command[1]) for command in commands], args=words)
        return cast("list[object]", replies)


def flat_pairs(reply: object) -> Mapping[bytes, bytes]:
    """What a command returned that tells of pairs."""
    flat = cast("list[bytes]", reply)
    return dict(zip(flat[::2], flat[1::2], strict=True))
