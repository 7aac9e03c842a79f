"""A list in the attempt's process whose items are with the conductor; see `lending`."""

import operator
from collections.abc import Callable, Iterator
from typing import Any, SupportsIndex

_OWNED = ["__add__", "__delitem__", "__eq__", "__ge__", "__gt__", "__iadd__", "__imul__", "__le__", "__lt__", "__mul__"]
_OWNED += ["__ne__", "__repr__", "__rmul__", "__setitem__", "append", "clear", "copy", "count", "extend", "index"]
_OWNED += ["insert", "pop", "remove", "reverse", "sort"]


class LentList(list[Any]):
    """Reads items as they are asked for, each once. What is more than reading makes it fetch all, one by one.

    borrow: gets the item at an index from 0. C code that takes a list's memory for granted finds it empty.
    """

    __hash__ = None

    def __init__(self, length: int, borrow: Callable[[int], Any]) -> None:
        super().__init__()
        self._length = operator.index(length)
        self._borrow = borrow
        self._read: dict[int, Any] = {}
        self._own = False

    def __len__(self) -> int:
        return super().__len__() if self._own else self._length

    def __getitem__(self, key: Any) -> Any:
        if self._own:
            return super().__getitem__(key)
        if isinstance(key, slice):
            return [self._item(index) for index in range(*key.indices(self._length))]
        index = operator.index(key)
        index += self._length if index < 0 else 0
        if not 0 <= index < self._length:
            raise IndexError("list index out of range")
        return self._item(index)

    def _item(self, index: int) -> Any:
        if index not in self._read:
            self._read[index] = self._borrow(index)
        return self._read[index]

    def __iter__(self) -> Iterator[Any]:
        index = 0
        while index < len(self):  # which may change meanwhile, as a list's may
            yield self[index]
            index += 1

    def __reversed__(self) -> Iterator[Any]:
        for index in range(len(self) - 1, -1, -1):
            yield self[index]

    def __contains__(self, value: object) -> bool:
        return any(item is value or item == value for item in self)

    def __reduce_ex__(self, protocol: SupportsIndex) -> Any:
        return list, (list(self),)

    def own(self) -> None:
        """Fetches all; from then on it is a list like any other."""
        if not self._own:
            items = list(self)
            self._own = True
            super().extend(items)


def _owning(name: str) -> Callable[..., Any]:
    method = getattr(list, name)

    def call(self: LentList, *args: Any, **kwargs: Any) -> Any:
        self.own()
        for other in args:
            if isinstance(other, LentList):
                other.own()
        return method(self, *args, **kwargs)

    call.__name__ = name
    return call


for _name in _OWNED:
    setattr(LentList, _name, _owning(_name))
