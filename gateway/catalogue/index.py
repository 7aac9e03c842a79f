"""What is known of every task without reading its record: enough to list, to filter and to choose by, in little memory.

A hundred thousand tasks take about thirty megabytes. Whatever a reset needs is a look-up or a draw from an array: it
costs the same for nine tasks as for all of these.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import overload

from codearena.tasks.task import Level, Split
from gateway.catalogue.texts import Texts

TRAIN = Split.TRAIN.value
_LEVELS = tuple(Level)


@dataclass(frozen=True, slots=True)
class Entry:
    """A task as its source lists it; the fields are those of the record. title: empty for the id."""

    task_id: str
    category: str
    level: Level
    split: str = TRAIN
    source: str = ""
    tags: tuple[str, ...] = ()
    title: str = ""


@dataclass(frozen=True)
class Filters:
    """Which tasks are listed: those that have every value named; None: any. tag: one of the task's tags.

    words: each of them is in the task's id, title or category.
    """

    category: str | None = None
    level: str | None = None
    split: str | None = None
    tag: str | None = None
    source: str | None = None
    words: tuple[str, ...] = ()

    def allows_labels(self, category: str, split: str, source: str) -> bool:
        return self.category in (None, category) and self.split in (None, split) and self.source in (None, source)

    def allows_tags(self, *tags: str) -> bool:
        return self.tag is None or self.tag in tags

    def allows_level(self, level: Level) -> bool:
        return self.level in (None, level)


class _Words:
    """Words by number, each kept once."""

    def __init__(self) -> None:
        self._words: list[tuple[str, ...]] = []
        self._numbers: dict[tuple[str, ...], int] = {}

    def number(self, *words: str) -> int:
        if words not in self._numbers:
            self._numbers[words] = len(self._words)
            self._words.append(words)
        return self._numbers[words]

    def __getitem__(self, number: int) -> tuple[str, ...]:
        return self._words[number]

    def numbers(self, allow: Callable[..., bool]) -> set[int]:
        """Of those that are allowed."""
        return {number for number, words in enumerate(self._words) if allow(*words)}


class Index:
    """Entries by number, in the order in which they were added."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self._numbers: dict[str, int] = {}
        self._label_words, self._tag_words = _Words(), _Words()
        self._labels = array("I")  # number of (category, split, source)
        self._tags = array("I")
        self._levels = bytearray()
        self._texts = Texts()
        self._pools: defaultdict[tuple[str, str, str], array[int]] = defaultdict(lambda: array("I"))

    def __len__(self) -> int:
        return len(self.ids)

    def add(self, entry: Entry) -> bool:
        """False: there is one of this id already, which stays."""
        if entry.task_id in self._numbers:
            return False
        number = self._numbers[entry.task_id] = len(self.ids)
        self.ids.append(entry.task_id)
        self._labels.append(self._label_words.number(entry.category, entry.split, entry.source))
        self._tags.append(self._tag_words.number(*entry.tags))
        self._levels.append(_LEVELS.index(entry.level))
        self._texts.add(f"{entry.task_id} {entry.title} {entry.category}")
        for kind, value in (("", ""), ("category", entry.category), ("level", entry.level.value)):
            self._pools[entry.split, kind, value].append(number)
        return True

    def number(self, task_id: str) -> int | None:
        """Of the task; None: there is none of this id."""
        return self._numbers.get(task_id)

    def entry(self, number: int) -> Entry:
        category, split, source = self._label_words[self._labels[number]]
        tags = self._tag_words[self._tags[number]]
        return Entry(self.ids[number], category, _LEVELS[self._levels[number]], split, source, tags)

    def found(self, filters: Filters) -> Iterator[int]:
        """Numbers of the entries that the filters allow, ascending. Each combination of words is looked at once."""
        labels = self._label_words.numbers(filters.allows_labels)
        tags = self._tag_words.numbers(filters.allows_tags)
        levels = {number for number, level in enumerate(_LEVELS) if filters.allows_level(level)}
        entries = enumerate(zip(self._labels, self._tags, self._levels, strict=True))
        named = [self._texts.found(word) for word in filters.words]
        return (
            number
            for number, (label, tag, level) in entries
            if label in labels and tag in tags and level in levels and all(number in found for found in named)
        )

    def words(self) -> Mapping[str, Counter[str]]:
        """How many entries have each category, level, split, source and tag."""
        labels, tags = Counter(self._labels), Counter(self._tags)
        found = {name: Counter[str]() for name in ("categories", "levels", "splits", "sources", "tags")}
        found["levels"].update({_LEVELS[number].value: count for number, count in Counter(self._levels).items()})
        for number, count in labels.items():
            for name, word in zip(("categories", "splits", "sources"), self._label_words[number], strict=True):
                found[name][word] += count
        for number, count in tags.items():
            for word in self._tag_words[number]:
                found["tags"][word] += count
        return found

    def pool(self, split: str, *, category: str | None = None, level: Level | None = None) -> "Pool":
        """The tasks of a split, of a category or a level if one is named."""
        if category is not None:
            return Pool(self, (split, "category", category), self._pools.get((split, "category", category), array("I")))
        key = (split, "", "") if level is None else (split, "level", level.value)
        return Pool(self, key, self._pools.get(key, array("I")))

    def has(self, number: int, key: tuple[str, str, str]) -> bool:
        """Whether the entry is in the pool of this key."""
        split, kind, value = key
        entry = self.entry(number)
        return entry.split == split and (not kind or value == getattr(entry, kind))


class Pool(Sequence[str]):
    """Ids of the tasks that a choice may fall on. Its length, a place and membership cost the same for any number."""

    def __init__(self, index: Index, key: tuple[str, str, str], numbers: "array[int]") -> None:
        self._index = index
        self._key = key
        self._numbers = numbers

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[str]: ...
    def __getitem__(self, place: int | slice) -> str | Sequence[str]:
        if isinstance(place, slice):
            return [self._index.ids[number] for number in self._numbers[place]]
        return self._index.ids[self._numbers[place]]

    def __contains__(self, task_id: object) -> bool:
        number = self._index.number(task_id) if isinstance(task_id, str) else None
        return number is not None and self._index.has(number, self._key)
