"""A task as a JSON object, and back.

The fields are those of `Task`; values of tests that JSON cannot say are tagged (tagged.py). What has its default is
left out, so that tasks that are equal have one record, and their revision is that of its text.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import ValidationError

from codearena.tasks import tagged
from codearena.tasks.calls import MethodCall, TestCase
from codearena.tasks.faults import Fault, TaskError, of_validation
from codearena.tasks.program import ProgramTest
from codearena.tasks.tagged import JSON, TagError
from codearena.tasks.task import CODE_IS_CHECKED, SCHEMA, Task

VALUE_FIELDS = ("args", "kwargs", "expect")
"""Those of a test, and of a call of a sequence, that hold values and not JSON."""
DATA_FIELDS = ("stdin", "stdout", "answers")
"""Those of a program's test that may hold bytes."""


def to_record(task: Task) -> dict[str, JSON]:
    """The task as plain JSON, its fields in the order of the model.

    Raises:
        TaskError: a test has a value that no tag is for.
    """
    plain = task.model_dump(
        mode="json", by_alias=True, exclude_defaults=True, exclude={"tests": True, "program": {"tests"}}
    )
    if task.tests:
        plain["tests"] = [_test_record(number, test, task.id) for number, test in enumerate(task.tests)]
    if task.program:
        plain["program"]["tests"] = [_run_record(test) for test in task.program.tests]
    order = {field.alias or name: number for number, (name, field) in enumerate(Task.model_fields.items())}
    return {"schema": SCHEMA, **{name: plain[name] for name in sorted(plain, key=order.__getitem__)}}


def canonical(task: Task) -> bytes:
    """The text whose hash is the task's revision: its record without the certificate, as ASCII."""
    record = to_record(task)
    record.pop("certificate", None)
    return json.dumps(record, separators=(",", ":")).encode("ascii")


def _test_record(number: int, test: TestCase, task_id: str) -> JSON:
    place = f"tests.{number}"
    plain = test.model_dump(mode="json", exclude_defaults=True, exclude={*VALUE_FIELDS, "calls"})
    made = _inputs_record(test, place, task_id)
    if test.calls:
        steps = enumerate(test.calls)
        made["calls"] = [
            {"call": step.call, **_inputs_record(step, f"{place}.calls.{at}", task_id)} for at, step in steps
        ]
    if test.writes_expect:
        made["expect"] = _tagged(test.expect, f"{place}.expect", task_id)
    return {"name": plain.pop("name"), **made, **plain}


def _run_record(test: ProgramTest) -> JSON:
    plain = test.model_dump(mode="json", exclude_defaults=True, exclude=set(DATA_FIELDS))
    given = {"stdin": test.stdin or None, "stdout": test.stdout, "answers": test.answers or None}
    data = {name: tagged.to_json(value) for name, value in given.items() if value is not None}
    return {"name": plain.pop("name"), **data, **plain}


def _inputs_record(call: TestCase | MethodCall, place: str, task_id: str) -> dict[str, JSON]:
    given: dict[str, object] = {name: value for name, value in (("args", call.args), ("kwargs", call.kwargs)) if value}
    return {name: _tagged(value, f"{place}.{name}", task_id) for name, value in given.items()}


def _tagged(value: object, field: str, task_id: str) -> JSON:
    try:
        return tagged.to_json(value)
    except TagError as error:
        raise TaskError([Fault(task_id, field, str(error))]) from error


def from_record(record: object, place: str, *, is_checked: bool = False) -> Task:
    """The task that a JSON object says. place: file and line, for the messages.

    is_checked: its code was found to compile before, by another process: it is not compiled again.

    Raises:
        TaskError: with every fault that there is, each with its field.
    """
    if not isinstance(record, dict):
        raise TaskError([Fault(place, "", "is no JSON object")])
    faults: list[Fault] = []
    read = _with_values(record, place, faults)
    try:
        task = Task.model_validate(read, context={CODE_IS_CHECKED: is_checked})
    except ValidationError as error:
        told = {fault.field for fault in faults}
        faults += [fault for fault in of_validation(place, error) if fault.field not in told]
    if faults:
        raise TaskError(faults)
    return task


def _with_values(record: dict[str, Any], place: str, faults: list[Fault]) -> dict[str, Any]:
    """With the values that tags stand for. Whatever has another form than a record is left to the model to tell."""
    read = dict(record)
    if isinstance(tests := record.get("tests"), list):
        read["tests"] = _untagged_all(tests, "tests", VALUE_FIELDS, place, faults)
    program = record.get("program")
    if isinstance(program, dict) and isinstance(runs := program.get("tests"), list):
        read["program"] = {**program, "tests": _untagged_all(runs, "program.tests", DATA_FIELDS, place, faults)}
    return read


def _untagged_all(parts: list[Any], field: str, names: Sequence[str], place: str, faults: list[Fault]) -> list[Any]:
    numbered = enumerate(parts)
    return [_untagged(part, f"{field}.{number}", names, place, faults) for number, part in numbered]


def _untagged(part: Any, field: str, names: Sequence[str], place: str, faults: list[Fault]) -> Any:
    if not isinstance(part, dict):
        return part
    read = dict(part)
    for name in names:
        if name in part:
            try:
                read[name] = tagged.from_json(part[name])
            except TagError as error:
                faults.append(Fault(place, f"{field}.{name}", str(error)))
    if isinstance(steps := part.get("calls"), list):
        read["calls"] = _untagged_all(steps, f"{field}.calls", VALUE_FIELDS, place, faults)
    return read


def parse(text: bytes, place: str, *, is_checked: bool = False) -> Task:
    """The task that a line of JSON says. is_checked: see `from_record`.

    Raises:
        TaskError: with every fault that there is, each with its field.
    """
    return from_record(_loaded(text, place), place, is_checked=is_checked)


def parse_certified(text: bytes, place: str) -> Task:
    """As `parse`, in less time where the record is to the letter the one that its certificate was made of.

    Its code has been compiled then, and its revision is known.

    Raises:
        TaskError: with every fault that there is, each with its field.
    """
    record = _loaded(text, place)
    revision = _certified_revision(record)
    task = from_record(record, place, is_checked=bool(revision))
    if revision:
        task.__dict__["revision"] = revision  # as its cached property would
    return task


def _certified_revision(record: object) -> str:
    """The revision of a record that is written as revisions reckon it, if its certificate has it, too; else empty."""
    certificate = record.get("certificate") if isinstance(record, dict) else None
    if not isinstance(record, dict) or not isinstance(certificate, dict):
        return ""
    rest = {name: value for name, value in record.items() if name != "certificate"}
    revision = hashlib.sha256(json.dumps(rest, separators=(",", ":")).encode("ascii")).hexdigest()
    return revision if certificate.get("revision") == revision else ""


def _loaded(text: bytes, place: str) -> object:
    try:
        return json.loads(text.decode("utf-8-sig"), object_pairs_hook=_no_key_twice, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:  # also a UnicodeDecodeError
        raise TaskError([Fault(place, "", f"is no JSON: {error}")]) from error


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) != len(pairs):
        twice = next(iter(_twice(pairs)))
        raise ValueError(f"an object has the key {twice!r} twice")
    return read


def _twice(pairs: list[tuple[str, Any]]) -> Iterator[str]:
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            yield key
        seen.add(key)


def _no_constant(name: str) -> Any:
    written = {"NaN": "nan", "Infinity": "inf", "-Infinity": "-inf"}[name]
    raise ValueError(f'{name} is no JSON: it is written {{"!float": "{written}"}}')


def line_of(task: Task) -> bytes:
    """The task as a line of JSON, in UTF-8, with its end.

    Raises:
        TaskError: a test has a value that no tag is for.
    """
    record = to_record(task)
    try:
        return json.dumps(record, ensure_ascii=False).encode() + b"\n"
    except UnicodeEncodeError:  # a lone surrogate in a value, which JSON can only say escaped
        return json.dumps(record).encode("ascii") + b"\n"
