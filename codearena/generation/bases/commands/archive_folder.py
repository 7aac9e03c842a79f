"""An archive of a folder, made without a shell."""

import subprocess

from codearena.generation.base import Case, FunctionBase


def archive_folder(folder: str, target: str) -> bool:
    """Pack a folder into the file target with tar and return whether that succeeded.

    Raises:
        ValueError: folder or target is empty or would be taken for an option.
    """
    for path in (folder, target):
        if not path or path.startswith("-"):
            raise ValueError(f"not a path: {path!r}")
    finished = subprocess.run(["tar", "-czf", target, folder], capture_output=True)
    return finished.returncode == 0


def _packs(folder: str, target: str, argument: str, *, may_refuse: bool = False) -> Case:
    """Return a test in which tar must be started with an argument."""
    spawn = {"program": "tar", "argument": argument, **({"may_refuse": True} if may_refuse else {})}
    return Case((folder, target), process=spawn, expect=True)


def _hostile(path: str) -> Case:
    return _packs(path, "out.tgz", path, may_refuse=True)


BASE = FunctionBase(
    solves=archive_folder,
    title="Pack a folder without a shell",
    category="security_bugs",
    level="hard",
    description="""
        `archive_folder(folder, target)` starts the program `tar` with the arguments -czf, the target and the folder,
        and returns True if it ended with exit status 0, else False. It must not go through a shell: folder and target
        are one argument each, unchanged, whatever signs are in them. Paths with signs that mean something to a shell
        (; & | $ and the like) may instead be refused with ValueError, in which case nothing is started; spaces and
        letters beyond ASCII are no reason to refuse. A path that is empty, or that starts with "-" and would be taken
        for an option, must be refused with ValueError.

        While it is tested no process is really started: the functions that start one record what was asked, and report
        success without output.
    """,
    hints=(
        "What does a shell make of a folder named a; rm -rf ~ ?",
        "The standard library starts a program without a shell if it is given a list, an element for each argument.",
        "Both paths are in danger of being taken for options, and both can be empty.",
    ),
    visible={
        "a folder": _packs("photos", "photos.tgz", "photos"),
        "the target": _packs("photos", "backup.tgz", "backup.tgz"),
        "a second command": _hostile("photos; id"),
        "an option": ("--checkpoint-action=exec=id", "out.tgz"),
    },
    hidden={
        "the options": _packs("photos", "photos.tgz", "-czf"),
        "a path": _packs("/srv/data/2024", "/backup/2024.tgz", "/srv/data/2024"),
        "spaces": _packs("my photos", "out.tgz", "my photos"),
        "spaces in the target": _packs("photos", "my photos.tgz", "my photos.tgz"),
        "a dash inside": _packs("a-b", "c-d.tgz", "a-b"),
        "beyond ASCII": _packs("fotky z Číny", "out.tgz", "fotky z Číny"),
        "and": _hostile("photos && touch owned"),
        "a pipe": _hostile("photos | sh"),
        "command substitution": _hostile("$(id)"),
        "backquotes": _hostile("`id`"),
        "a new line": _hostile("photos\nid"),
        "quotes": _hostile("x' ; id ; '"),
        "a hostile target": _packs("photos", "out.tgz; id", "out.tgz; id", may_refuse=True),
        "no folder": ("", "out.tgz"),
        "no target": ("photos", ""),
        "the target is an option": ("photos", "--to-command=sh"),
        "a short option": ("-C", "out.tgz"),
    },
)
