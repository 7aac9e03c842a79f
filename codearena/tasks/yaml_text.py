"""task.yaml: YAML with tags for the values that it lacks, read and written so that each comes back as it was."""

import json
from collections.abc import Hashable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import yaml

from codearena.tasks import tagged
from codearena.tasks.tagged import TAGS, TagError

_MERGE, _TEXT = "tag:yaml.org,2002:merge", "tag:yaml.org,2002:str"
_WIDTH = 118


class _Loader(yaml.SafeLoader):
    """SafeLoader with the tags of tagged.py, and without keys that are there twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        overrides = any(key.tag == _MERGE for key, _ in node.value)  # what is merged may be there, too
        read = super().construct_mapping(node, deep)
        if len(read) != len(node.value) and not overrides:
            raise yaml.constructor.ConstructorError(None, None, "has a key twice", node.start_mark)
        return read


def _construct(loader: yaml.SafeLoader, node: yaml.Node) -> Any:
    body: object
    if isinstance(node, yaml.SequenceNode):
        body = loader.construct_sequence(node, deep=True)
    elif isinstance(node, yaml.ScalarNode):
        body = str(loader.construct_scalar(node))
    else:
        body = None
    try:
        return tagged.construct(node.tag, body)
    except TagError as error:
        raise yaml.constructor.ConstructorError(None, None, str(error), node.start_mark) from error


for _tag in TAGS:
    _Loader.add_constructor(_tag, _construct)


def load(text: str) -> Any:
    """The value that a text stands for.

    Raises:
        yaml.YAMLError: with line and column.
    """
    return yaml.load(text, _Loader)


class _Dumper(yaml.SafeDumper):
    """SafeDumper with the tags of tagged.py, texts of several lines as blocks, and no anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def dump(value: object) -> str:
    """The text that `load` reads as that value.

    Raises:
        TagError: it holds a value that no tag is for.
    """
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH, default_flow_style=None)


def _represent_text(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
    return dumper.represent_scalar(_TEXT, value, style=_style(value))


def _style(value: str) -> str | None:
    """In which the text comes back as it was: only one that quotes has escapes, and a block keeps no space around."""
    lines = value.split("\n")
    if not all(line.isprintable() for line in lines):
        return '"'
    is_block = len(lines) > 1 and all(line == line.rstrip() for line in lines) and lines[0] == lines[0].lstrip() != ""
    return "|" if is_block else None


def _represent_scalar(dumper: yaml.SafeDumper, value: object) -> yaml.Node:
    """Of a type whose tag has a text or plain numbers."""
    tree = tagged.to_json(value)
    if isinstance(tree, int):
        return dumper.represent_int(tree)
    assert isinstance(tree, dict)
    ((tag, body),) = tree.items()
    if isinstance(body, list):
        return dumper.represent_sequence(tag, body, flow_style=True)
    return dumper.represent_scalar(tag, str(body), style=_style(str(body)))


def _represent_items(dumper: yaml.SafeDumper, value: tuple[Any, ...] | set[Any] | frozenset[Any]) -> yaml.Node:
    in_order = value if isinstance(value, tuple) else sorted(value, key=lambda item: json.dumps(tagged.to_json(item)))
    return dumper.represent_sequence(f"!{type(value).__name__}", in_order, flow_style=True)


def _represent_unknown(_dumper: yaml.SafeDumper, value: object) -> yaml.Node:
    raise TagError(f"holds a value of type {type(value).__name__}, which a record cannot say")


_Dumper.add_representer(str, _represent_text)
for _kind in (int, bytes, bytearray, complex, Decimal, Fraction, date, time, datetime, timedelta):
    _Dumper.add_representer(_kind, _represent_scalar)
_Dumper.add_representer(tuple, _represent_items)
_Dumper.add_representer(set, _represent_items)
_Dumper.add_representer(frozenset, _represent_items)
_Dumper.add_multi_representer(object, _represent_unknown)
