"""Tasks as folders, and as files of lines: how a place is read that holds many.

    <root>/<category>/<id>/task.yaml     the record but for what has a file of its own:
        buggy.py, solution.py            always
        test_script.py, probe.py         where task.yaml has `script` or `probe`, of which they are the source
        cases.py, checker.py, prelude.py, driver.py    where they are
    <root>/*.jsonl                       tasks, one a line

Other files are left alone. What an id has beside letters, digits and `_.-` is written in the folder's name as in a URL.
"""

import hashlib
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml
from pydantic import ValidationError

from codearena.tasks import yaml_text
from codearena.tasks.calls import MethodCall, TestCase
from codearena.tasks.faults import Fault, TaskError, of_validation
from codearena.tasks.jsonl import scan_jsonl
from codearena.tasks.program import ProgramTest
from codearena.tasks.record import DATA_FIELDS, VALUE_FIELDS, to_record
from codearena.tasks.tagged import TagError
from codearena.tasks.task import CATEGORIES, Task

_YAML = "task.yaml"
_ALWAYS = ("buggy", "solution")
_OPTIONAL = ("cases", "checker", "prelude", "driver")
_NESTED = {"script": "test_script.py", "probe": "probe.py"}
_LONGEST_NAME = 120


@dataclass(frozen=True)
class Loaded:
    """What a place holds. tasks: by id, in the order of category and id; faults: of the others, which are left out."""

    tasks: Mapping[str, Task]
    faults: tuple[Fault, ...]


def folder_name(task_id: str) -> str:
    """The name of a task's folder: it has no slash, and says which id it is of."""
    name = quote(task_id, safe="")
    if len(name) <= _LONGEST_NAME:
        return name
    return f"{name[:_LONGEST_NAME]}-{hashlib.sha256(task_id.encode()).hexdigest()[:16]}"


def read_folder(folder: Path) -> Task:
    """The task of one folder. None of its code is run.

    Raises:
        TaskError: with every fault that there is: files and fields that are missing, unknown or wrong.
    """
    faults: list[Fault] = []
    fields = _fields(folder, faults)
    if faults:
        raise TaskError(faults)
    try:
        return Task.model_validate(fields)
    except ValidationError as error:
        raise TaskError(_in_files(folder, of_validation(str(folder), error))) from error


def _fields(folder: Path, faults: list[Fault]) -> dict[str, Any]:
    read = _text(folder / _YAML, faults)
    try:
        fields = yaml_text.load(read)
    except (yaml.YAMLError, RecursionError, ValueError) as error:  # ValueError: a number or a date that is none
        faults.append(Fault(str(folder / _YAML), "", " ".join(str(error).split())))
        fields = {}
    if not isinstance(fields, dict):
        if not faults:
            faults.append(Fault(str(folder / _YAML), "", "holds a list or a text, where the fields of a task go"))
        fields = {}
    for name in _ALWAYS:
        fields[name] = _text(folder / f"{name}.py", faults)
    for name in _OPTIONAL:
        if (folder / f"{name}.py").exists():
            fields[name] = _text(folder / f"{name}.py", faults)
    for name, file in _NESTED.items():
        if isinstance(fields.get(name), dict):
            fields[name] = {**fields[name], "source": _text(folder / file, faults)}
    return fields


def _text(path: Path, faults: list[Fault]) -> str:
    try:
        return path.read_bytes().decode("utf-8")  # bytes, because a text's line ends would be made one kind
    except OSError as error:
        faults.append(Fault(str(path), "", error.strerror or str(error)))
    except UnicodeDecodeError as error:
        faults.append(Fault(str(path), "", str(error)))
    return ""


def _in_files(folder: Path, faults: Iterable[Fault]) -> Iterator[Fault]:
    """Those of a field that has a file of its own, in that file."""
    files = {name: f"{name}.py" for name in (*_ALWAYS, *_OPTIONAL)} | _NESTED
    for fault in faults:
        name, _, rest = fault.field.partition(".")
        in_source = name in files and rest in ("", "source") and (folder / files[name]).exists()
        yield Fault(str(folder / files[name]), fault.field, fault.problem) if in_source else fault


def load_task(folder: Path) -> Task:
    """The task of one folder below its category's, whose author's code runs.

    Raises:
        TaskError: as `read_folder`; the code raises, or the folder has another name than the task.
    """
    task = read_folder(folder)
    faults = [*_code_faults(task, folder / "probe.py", folder / "cases.py")]
    if (task.category, folder_name(task.id)) != (folder.parent.name, folder.name):
        named = f"{task.category}/{folder_name(task.id)}"
        faults.append(Fault(str(folder), "", f"says it is {task.category}/{task.id}, whose folder is {named}"))
    if faults:
        raise TaskError(faults)
    return task


def _code_faults(task: Task, probe: Path | str, cases: Path | str) -> Iterator[Fault]:
    for place, get in ((probe, lambda: task.probe and task.probe.inputs), (cases, lambda: task.makers)):
        try:
            get()
        except ValueError as error:
            yield Fault(str(place), "", str(error))


def scan_tasks(root: Path) -> Iterator[Task | TaskError]:
    """Every task at a place, and in the place of one that cannot be served what is wrong with it.

    root: a folder of folders and files, or one file of lines. Tasks come as they are found: folders first, by name.

    Raises:
        TaskError: there is no such place.
    """
    if root.is_file():
        yield from scan_jsonl(root)
        return
    if not root.is_dir():
        raise TaskError([Fault(str(root), "", "is no folder and no file of tasks")])
    for file in sorted(root.glob(f"*/*/{_YAML}")):
        try:
            yield load_task(file.parent)
        except TaskError as error:
            yield error
    for file in sorted(root.glob("*.jsonl")):
        yield from scan_jsonl(file)


def load_all(root: Path) -> Loaded:
    """Every task at a place that can be served, and the faults of the others: see `scan_tasks`."""
    found: dict[str, Task] = {}
    faults: list[Fault] = []
    for each in scan_tasks(root):
        if isinstance(each, TaskError):
            faults += each.faults
        elif each.id in found:
            faults.append(Fault(str(root), each.id, "there are two of the same id: the first one is taken"))
        else:
            found[each.id] = each
    ordered = sorted(found.values(), key=lambda task: (*category_order(task.category), task.id))
    return Loaded({task.id: task for task in ordered}, tuple(faults))


def category_order(category: str) -> tuple[int, str]:
    """By what categories are sorted: those of the tasks that come along first."""
    return (CATEGORIES.index(category) if category in CATEGORIES else len(CATEGORIES), category)


def load_tasks(root: Path) -> Mapping[str, Task]:
    """Every task at a place, by id, in the order of category and id.

    Raises:
        TaskError: with the faults of all of them; or there is none.
    """
    loaded = load_all(root)
    if loaded.faults:
        raise TaskError(loaded.faults)
    if not loaded.tasks:
        raise TaskError([Fault(str(root), "", "no tasks")])
    return loaded.tasks


def write_folder(task: Task, root: Path) -> Path:
    """Writes the task's folder below its category's, in place of one that is there. Returns it.

    Raises:
        TaskError: a test has a value that no tag is for.
        OSError: a file cannot be written.
    """
    folder = root / task.category / folder_name(task.id)
    texts = dict(_files(task))
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, text in texts.items():
        (folder / name).write_bytes(text.encode())
    return folder


def _files(task: Task) -> Iterator[tuple[str, str]]:
    fields: dict[str, Any] = dict(to_record(task))
    for name in (*_ALWAYS, *_OPTIONAL):
        if name in fields:
            yield f"{name}.py", fields.pop(name)
    for name, file in _NESTED.items():
        if name in fields:
            yield file, fields[name].pop("source")
    if task.tests:
        fields["tests"] = [_natively(written, test) for written, test in zip(fields["tests"], task.tests, strict=True)]
    if task.program:
        runs = zip(fields["program"]["tests"], task.program.tests, strict=True)
        fields["program"]["tests"] = [_natively(written, test) for written, test in runs]
    yield _YAML, _dumped(fields, task.id)


def _natively(written: dict[str, Any], test: TestCase | MethodCall | ProgramTest) -> dict[str, Any]:
    """A test of a record with its values themselves, for which YAML has tags of its own."""
    values = (*VALUE_FIELDS, *DATA_FIELDS)
    native = {name: getattr(test, name) if name in values else written[name] for name in written}
    if isinstance(test, TestCase) and test.calls:
        native["calls"] = [_natively(step, call) for step, call in zip(written["calls"], test.calls, strict=True)]
    return native


def _dumped(fields: dict[str, Any], task_id: str) -> str:
    try:
        return yaml_text.dump(fields)
    except TagError as error:
        raise TaskError([Fault(task_id, "", str(error))]) from error
