"""Reading what an attempt returned, within a budget.

A value is read as far as the expected one is large, which is the task author's choice, and beyond that out of a budget
that all values of the attempt share. What the budget leaves unread is wrong: no attempt is absent because it returned
too much, and none costs more than a small part of a second. The budget is in values and bytes, not in seconds, so that
equal reports get equal verdicts.
"""

import functools
from dataclasses import dataclass, replace

from codearena import values
from codearena.v1 import common_pb2

_FREE_TIMES, _FREE_BYTES = 8, 1024
"""An equal value may be written longer than the expected one: an int as a float, a Decimal with zeros behind it."""
_LEAST_BYTES = 2
"""Of the text of a value, with what separates it from the next."""
_SMALL_BYTES, _SMALL_VALUES = 1024, 2048
"""Values of tasks of up to so many bytes are read once: they come with every attempt at their task."""


@dataclass(frozen=True)
class Tree:
    """A value that was read. nodes: how many values it is made of, itself included."""

    json: values.JSONTree
    nodes: int


class Reader:
    """Reads the values of one attempt. Keeps what it has read for as long as the attempt is graded.

    limits: on one value; nodes, size_bytes: how much of all the attempt's values is read beyond what was expected.
    """

    def __init__(self, limits: values.ValueLimits, nodes: int, size_bytes: int) -> None:
        self._limits = limits
        self._nodes_left = nodes
        self._bytes_left = size_bytes
        self._expected: dict[bytes, Tree] = {}
        self._got: dict[bytes, Tree | None] = {}
        self._unread: set[bytes] = set()

    @classmethod
    def of_nothing(cls, limits: values.ValueLimits) -> "Reader":
        """One that leaves every value of the attempt's unread."""
        return cls(limits, nodes=0, size_bytes=-1)

    @property
    def reads_nothing(self) -> bool:
        """Whether it leaves every value of the attempt's unread."""
        return self._bytes_left < 0

    def expected(self, value: common_pb2.EncodedValue) -> Tree:
        """A value of the task or of its reference, which costs none of the budget.

        Raises:
            MalformedValueError: it is no value, or beyond the limits on one.
        """
        text = value.json
        known = self._expected.get(text)
        if known is None:
            read = _tree_once if len(text) <= _SMALL_BYTES else _tree
            known = self._expected[text] = read(text, self._limits)
        return known

    def got(self, value: common_pb2.EncodedValue, expected: common_pb2.EncodedValue | None = None) -> Tree | None:
        """A value of the attempt's; None: it is no value, or beyond the limits or the budget.

        expected: what it is compared with, and known to be a value; None: nothing, so that all of it is out of budget.
        """
        text = value.json
        if expected is not None and text == expected.json:
            return self.expected(expected)
        if text in self._got:
            return self._got[text]
        free = None if expected is None else self.expected(expected)
        free_bytes = _FREE_TIMES * len(expected.json) if expected is not None else 0
        if not self._may_read(text, free_bytes + _FREE_BYTES):
            return None
        return self._read(text, free.nodes if free else 0)

    def left_unread(self, value: common_pb2.EncodedValue) -> bool:
        """Whether the budget was what kept the value from being read."""
        return value.json in self._unread

    def _may_read(self, text: bytes, free_bytes: int) -> bool:
        surplus = max(0, len(text) - free_bytes)
        # Also where nothing is to be read, since 0 is more than -1; and without values left a long text is not even
        # taken apart, to see of how many it is made.
        if surplus > self._bytes_left or (surplus and not self._nodes_left):
            self._unread.add(text)
            return False
        self._bytes_left -= surplus
        return True

    def _read(self, text: bytes, free_nodes: int) -> Tree | None:
        most = min(self._limits.nodes, free_nodes + self._nodes_left)
        try:
            tree = _tree(text, replace(self._limits, nodes=most))
        except values.MalformedValueError as error:
            if isinstance(error, values.BeyondLimitsError) and most < self._limits.nodes:
                self._unread.add(text)
            else:
                self._got[text] = None
            # How much of it was read before the end is not known: all there could be.
            self._spend(len(text) // _LEAST_BYTES - free_nodes)
            return None
        self._spend(tree.nodes - free_nodes)
        self._got[text] = tree
        return tree

    def _spend(self, nodes: int) -> None:
        self._nodes_left -= min(self._nodes_left, max(0, nodes))


def _tree(text: bytes, limits: values.ValueLimits) -> Tree:
    return Tree(*values.parse_counted(text, limits))


_tree_once = functools.lru_cache(_SMALL_VALUES)(_tree)
