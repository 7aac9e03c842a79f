"""Finds tasks by words that are in what they are called, of which there may be a hundred thousand."""

from array import array
from bisect import bisect_right


class Texts:
    """Texts by number, in the order in which they were added; case does not count.

    They lie in one buffer: a search is a search for bytes, and each text costs its bytes and four more.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._ends = array("I")

    def add(self, text: str) -> None:
        """Adds the text of the next number."""
        self._buffer += text.lower().encode("utf-8", "surrogatepass") + b"\n"
        self._ends.append(len(self._buffer))

    def found(self, word: str) -> set[int]:
        """Numbers of the texts that have the word in them. word: without white space."""
        needle, numbers, place = word.lower().encode("utf-8", "surrogatepass"), set[int](), 0
        while (place := self._buffer.find(needle, place)) >= 0:
            number = bisect_right(self._ends, place)
            numbers.add(number)
            place = self._ends[number]
        return numbers
