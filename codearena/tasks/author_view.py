"""Tasks as only their author may see them: why the reference fails, hidden tests too.

A gateway tells nobody what a hidden test is. So the tasks are copied, with every test visible, for one of our own.
"""

import shutil
from pathlib import Path

import yaml

from codearena.tasks.task import Task

_TEXT, _TRUE = "tag:yaml.org,2002:str", yaml.ScalarNode("tag:yaml.org,2002:bool", "true")


def copy_visible(task: Task, tasks_folder: Path, target: Path) -> None:
    """Copies the task's folder below `target`, with every test and check visible.

    Inputs that are made anew for each attempt are not: in their place are those that task.yaml has as an example.
    """
    place = Path(task.category.value, task.id)
    shutil.copytree(tasks_folder / place, target / place)
    file = target / place / "task.yaml"
    tree = yaml.compose(file.read_text("utf-8"), yaml.SafeLoader)  # nodes and not values: tags have to stay
    assert isinstance(tree, yaml.MappingNode)  # it was loaded
    for name in ("tests", "checks"):
        for entry in _member(tree, name):
            if isinstance(entry, yaml.MappingNode):
                _remove(entry, "make")
                _put(entry, "visible", _TRUE)
    if task.script is not None:
        names = yaml.SequenceNode("tag:yaml.org,2002:seq", [_text(test.name) for test in task.script.tests])
        _put(tree, "script", yaml.MappingNode("tag:yaml.org,2002:map", [(_text("visible"), names)]))
    file.write_text(yaml.serialize(tree, allow_unicode=True), "utf-8")


def _member(mapping: yaml.MappingNode, name: str) -> list[yaml.Node]:
    found = [node.value for key, node in mapping.value if key.value == name and isinstance(node, yaml.SequenceNode)]
    return found[0] if found else []


def _put(mapping: yaml.MappingNode, name: str, node: yaml.Node) -> None:
    _remove(mapping, name)
    mapping.value.append((_text(name), node))


def _remove(mapping: yaml.MappingNode, name: str) -> None:
    mapping.value = [(key, node) for key, node in mapping.value if key.value != name]


def _text(text: str) -> yaml.ScalarNode:
    return yaml.ScalarNode(_TEXT, text)
