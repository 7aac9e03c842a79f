"""The tasks that are learnt on: which of many generated ones, and what is held out.

    codearena tasks generate tasks.jsonl --count 10000 --seed 0
    python -m examples.learn.tasks tasks.jsonl          # makes examples/learn/tasks.jsonl.xz again

Of generated tasks those of level easy are taken whose one bug keeps a short function from compiling. Every task of a
program is on the same side: the held-out programs are in no task that is trained on.
"""

import argparse
import hashlib
import lzma
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from codearena.errors import InvalidRequestError
from codearena.tasks.jsonl import read_jsonl, write_jsonl
from codearena.tasks.task import Split, Task

PACKED = Path(__file__).parent / "tasks.jsonl.xz"
"""The tasks that come along, compressed: the tests of a program are the same in all of its tasks."""
_MOST_SOLUTION_CHARS, _MOST_PROMPT_CHARS = 560, 1100
_MOST_OF_PROGRAM = 9
_HELD_OUT_SHARE = 0.36


def unpacked(file: Path, folder: Path) -> Path:
    """A file of tasks that a gateway can serve: the file itself, or what it holds, in the folder.

    Raises:
        InvalidRequestError: there is no such file, or it is not compressed as its name says.
    """
    if not file.exists():
        raise InvalidRequestError(f"{file}: there is no such file of tasks")
    if file.suffix != ".xz":
        return file
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / file.stem
    try:
        made.write_bytes(lzma.decompress(file.read_bytes()))
    except lzma.LZMAError as error:
        raise InvalidRequestError(f"{file}: not compressed with xz: {error}") from error
    return made


def program_of(task: Task) -> str:
    """The program that the bug was put into; of a task that was not generated the task itself."""
    made = task.metadata.get("generated")
    return str(made["original"]) if isinstance(made, dict) and "original" in made else task.id


def chosen(tasks: Iterable[Task]) -> list[Task]:
    """The suitable ones, at most so many of a program, each with its split; in the order of their ids."""
    by_program: defaultdict[str, list[Task]] = defaultdict(list)
    for task in tasks:
        if _is_suitable(task):
            by_program[program_of(task)].append(task)
    held_out = _held_out(sorted(by_program))
    found = []
    for program, its_tasks in sorted(by_program.items()):
        split = Split.HELD_OUT if program in held_out else Split.TRAIN
        kept = sorted(its_tasks, key=lambda task: _rank(task.id))[:_MOST_OF_PROGRAM]
        found += [task.model_copy(update={"split": split}) for task in sorted(kept, key=lambda task: task.id)]
    return found


def _is_suitable(task: Task) -> bool:
    made, certificate = task.metadata.get("generated"), task.certificate
    if not isinstance(made, dict) or certificate is None or not task.tests:
        return False
    asked = len(task.description) + len(task.buggy)
    is_short = len(task.solution) <= _MOST_SOLUTION_CHARS and asked <= _MOST_PROMPT_CHARS
    is_easy = task.level.value == "easy" and len(made["operators"]) == 1
    return is_short and is_easy and certificate.get("outcome") == "compile_error"


def _held_out(programs: Sequence[str]) -> frozenset[str]:
    """By name, so that one more program moves none from one side to the other but at the edge."""
    ranked = sorted(programs, key=_rank)
    return frozenset(ranked[: round(_HELD_OUT_SHARE * len(ranked))])


def _rank(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def _pack(tasks: Sequence[Task], out: Path) -> None:
    plain = out.with_suffix("")
    write_jsonl(tasks, plain)
    out.write_bytes(lzma.compress(plain.read_bytes(), preset=9 | lzma.PRESET_EXTREME))
    plain.unlink()


def _counts(tasks: Sequence[Task]) -> Iterator[str]:
    for split in (Split.TRAIN, Split.HELD_OUT):
        of_split = [task for task in tasks if task.split is split]
        programs = {program_of(task) for task in of_split}
        yield f"{split.value}: {len(of_split)} tasks of {len(programs)} programs"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tasks", type=Path, help="file that `codearena tasks generate` wrote")
    parser.add_argument("--out", type=Path, default=PACKED, help="file to write (%(default)s)")
    options = parser.parse_args(arguments)
    found = chosen(read_jsonl(options.tasks))
    _pack(found, options.out)
    print("\n".join([*_counts(found), f"{options.out}: {options.out.stat().st_size:,} bytes"]))


if __name__ == "__main__":
    main()
