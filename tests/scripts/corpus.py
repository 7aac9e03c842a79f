"""The corpus: right programs with test scripts of every style, and wrong ones made of them.

A case is a file `<style>/<name>.case` of sections, each below a line `#: <section>`:

    script      the test script
    solution    the right program
    wrong       one or more: `old ==> new`, where `old` stands in the right program; \\n is a line feed
    entry       the entry point, of a script that has `check`; else the first function that the script calls by name
"""

import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Case:
    """One case. programs: by the name of each, the right one under "right"."""

    name: str
    script: str
    entry_point: str
    programs: dict[str, str]


def read(path: Path) -> Case:
    sections = re.split(r"^#: (\w+)\n", path.read_text("utf-8"), flags=re.MULTILINE)[1:]
    named: dict[str, list[str]] = {}
    for name, text in zip(sections[::2], sections[1::2], strict=True):
        named.setdefault(name, []).append(text)
    right = named["solution"][0]
    programs = {"right": right}
    for number, text in enumerate(named.get("wrong", ()), start=1):
        programs[f"wrong-{number}"] = _changed(right, text, path)
    script = named["script"][0]
    checked = re.search(r"^check\((\w+)\)$", script, re.MULTILINE)
    entry = named["entry"][0].strip() if "entry" in named else (checked.group(1) if checked else "")
    return Case(f"{path.parent.name}/{path.stem}", script, entry, programs)


def _changed(right: str, text: str, path: Path) -> str:
    old, _, new = (part.replace("\\n", "\n").replace("\\\n", "\\n") for part in text.rstrip("\n").partition(" ==> "))
    assert right.count(old) >= 1, f"{path}: {old!r} is not in the program"
    return right.replace(old, new, 1)


def cases() -> list[Case]:
    return [read(path) for path in sorted(FOLDER.glob("*/*.case"))]
