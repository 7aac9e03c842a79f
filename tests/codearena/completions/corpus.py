"""The corpus of this folder: completions with the source that must come out, or why there is none."""

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

from codearena.completions import NoAnswer

FOLDER = Path(__file__).parent
SOURCES: dict[str, str] = yaml.safe_load((FOLDER / "sources.yaml").read_text("utf-8"))
SUBJECTS = ("fences", "choice", "bare", "thoughts", "characters")
ENTRY_POINT = "average_list"

_PLACE = re.compile(r"^(?P<margin>[> \t]*)<<(?P<whole>\w+)>>|<<(?P<inline>\w+)>>", re.MULTILINE)


@dataclass(frozen=True)
class Case:
    """source: expected, empty if nothing is; missing: then why."""

    name: str
    completion: str
    entry_point: str | None
    source: str
    missing: NoAnswer | None


def cases() -> list[Case]:
    found = [
        _case(subject, record)
        for subject in SUBJECTS
        for record in yaml.safe_load((FOLDER / f"{subject}.yaml").read_text("utf-8"))
    ]
    assert len({case.name for case in found}) == len(found), "two cases share a name"
    return found


def _case(subject: str, record: dict[str, str]) -> Case:
    missing = NoAnswer(record["missing"]) if "missing" in record else None
    wanted = record.get("source", "fix")
    return Case(
        name=f"{subject}: {record['name']}",
        completion=_PLACE.sub(_written, record["completion"]),
        entry_point=record.get("entry_point", ENTRY_POINT),
        source="" if missing else SOURCES.get(wanted, wanted),
        missing=missing,
    )


def _written(place: re.Match[str]) -> str:
    lines = SOURCES[place["whole"] or place["inline"]].removesuffix("\n").split("\n")
    margin = place["margin"] or ""
    blank = margin.rstrip(" \t")  # as people write them
    return "\n".join(margin + line if line else blank for line in lines)
