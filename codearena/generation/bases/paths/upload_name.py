"""A name for a file that a stranger uploads."""

import random
import re

from codearena.generation.base import FunctionBase

ALLOWED = ("jpg", "pdf", "png", "txt")


def upload_name(name: str) -> str:
    """Return a harmless name for the file that was uploaded as name.

    Raises:
        ValueError: nothing is left of the name, or files of its kind are not taken.
    """
    last = re.split(r"[/\\]", name)[-1].lower()
    stem, dot, kind = last.rpartition(".")
    if not dot or kind not in ALLOWED:
        raise ValueError("files of this kind are not taken")
    clean = re.sub(r"[^a-z0-9_-]+", "-", stem).strip("-")[:40]
    if not clean:
        raise ValueError("nothing is left of the name")
    return f"{clean}.{kind}"


def plain(rng: random.Random) -> tuple[str]:
    return (f"report_{rng.randint(1, 99)}.{rng.choice(['pdf', 'txt', 'png', 'jpg'])}",)


def upper_case(rng: random.Random) -> tuple[str]:
    return (f"Photo{rng.randint(1, 99)}.{rng.choice(['JPG', 'Png', 'PDF'])}",)


def with_folders(rng: random.Random) -> tuple[str]:
    return (rng.choice(["../../etc/", "/var/www/", "a/b/"]) + f"notes{rng.randint(1, 9)}.txt",)


def with_windows_folders(rng: random.Random) -> tuple[str]:
    return (rng.choice(["C:\\temp\\", "..\\", "a\\/"]) + f"notes{rng.randint(1, 9)}.txt",)


def program(rng: random.Random) -> tuple[str]:
    return (rng.choice(["shell.php", "run.exe", "a.sh", "page.html", "x.txt.js"]),)


def double_kind(rng: random.Random) -> tuple[str]:
    return (f"shell.php.{rng.choice(['jpg', 'png'])}",)


def spaces_and_signs(rng: random.Random) -> tuple[str]:
    return (f"my  holiday; rm -rf ({rng.randint(1, 9)})!.png",)


def hidden_file(rng: random.Random) -> tuple[str]:
    return (f"..hidden{rng.randint(1, 9)}.txt",)


def too_long(rng: random.Random) -> tuple[str]:
    return ("".join(rng.choice("abcdef") for _ in range(rng.randint(41, 90))) + ".pdf",)


def unicode(rng: random.Random) -> tuple[str]:
    return (f"Übersicht-{rng.randint(1, 9)}-été.pdf",)


def nothing_left(rng: random.Random) -> tuple[str]:
    return (rng.choice([".txt", "---.png", "日本.pdf", "a/.jpg", "/...txt"]),)


def no_kind(rng: random.Random) -> tuple[str]:
    return (rng.choice(["readme", "txt", "a.txt/", "b.", "c.txt "]),)


def zero_character(rng: random.Random) -> tuple[str]:
    return (f"shell{rng.randint(1, 9)}.php\0.jpg",)


BASE = FunctionBase(
    solves=upload_name,
    title="Name of an upload",
    category="security_bugs",
    level="medium",
    description="""
        `upload_name(name)` makes a harmless file name of the name under which a stranger uploads a file. Only what
        follows the last / or \\ counts, in lower case. What follows its last dot is the kind of the file; it must be
        exactly jpg, pdf, png or txt, else it raises ValueError, also if there is no dot. What stands before that dot
        is cleaned: each run of characters other than a to z, 0 to 9, _ and - becomes one -, then every - at the start
        and at the end is removed, and then only the first 40 characters are kept. If nothing is left it raises
        ValueError. The result is the cleaned part, a dot and the kind.
    """,
    hints=(
        "Say what is allowed, and not what is forbidden: nobody can list everything that is dangerous.",
        "Take the last part of the path first, then separate the kind at the last dot, then clean the rest.",
        "Check names with both kinds of slashes, with two kinds, with nothing before the dot, and of 40 characters.",
    ),
    visible={
        "a photo": ("Holiday 1.JPG",),
        "with folders": ("../../etc/cron.txt",),
        "a program": ("shell.php",),
        "nothing left": (".txt",),
    },
    hidden={
        "plain": plain,
        "upper case": upper_case,
        "folders": with_folders,
        "folders of Windows": with_windows_folders,
        "programs": program,
        "two kinds": double_kind,
        "spaces and signs": spaces_and_signs,
        "dots at the start": hidden_file,
        "forty characters": ("a" * 40 + ".txt",),
        "cut at a dash": ("b" * 39 + "--c.txt",),
        "too long": too_long,
        "beyond ASCII": unicode,
        "nothing left of it": nothing_left,
        "no kind": no_kind,
        "a zero character": zero_character,
        "the empty name": ("",),
        "a kind without a dot": ("txt",),
    },
)
