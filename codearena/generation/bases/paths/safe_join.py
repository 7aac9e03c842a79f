"""A path below a folder, whatever a stranger writes."""

import posixpath
import random

from codearena.generation.base import FunctionBase


def safe_join(folder: str, name: str) -> str:
    """Return the normal form of the path that name means in folder.

    Raises:
        ValueError: the path is not below folder.
    """
    root = posixpath.normpath(folder)
    path = posixpath.normpath(posixpath.join(root, name))
    if "\0" in name or not path.startswith(root.rstrip("/") + "/") or path == root:
        raise ValueError(f"{name!r} is not below the folder")
    return path


def inside(rng: random.Random) -> tuple[str, str]:
    return _folder(rng), f"a/{rng.choice('xyz')}.txt"


def dots_inside(rng: random.Random) -> tuple[str, str]:
    return _folder(rng), rng.choice(["a/../b.txt", "./b.txt", "a/./../b//c", "..b/c", "a/b/.."])


def one_up(rng: random.Random) -> tuple[str, str]:
    return _folder(rng), rng.choice(["../secret", "a/../../secret", "./.././x"])


def far_up(rng: random.Random) -> tuple[str, str]:
    return _folder(rng), "../" * rng.randint(2, 9) + "etc/passwd"


def absolute(rng: random.Random) -> tuple[str, str]:
    return _folder(rng), rng.choice(["/etc/passwd", "//etc/passwd", "/"])


def sibling(rng: random.Random) -> tuple[str, str]:
    return "/srv/data", rng.choice(["../data-old/x", "../database", "../data2"])


def the_folder_itself(rng: random.Random) -> tuple[str, str]:
    return _folder(rng), rng.choice(["", ".", "a/..", "./"])


def back_again(rng: random.Random) -> tuple[str, str]:
    return "/srv/data", rng.choice(["../data/x", "../../srv/data/y"])


def zero_byte(rng: random.Random) -> tuple[str, str]:
    return _folder(rng), f"a{rng.randint(1, 9)}\0.txt"


def absolute_inside(rng: random.Random) -> tuple[str, str]:
    return "/srv/data", f"/srv/data/{rng.choice('xyz')}"


def slash_at_the_end(rng: random.Random) -> tuple[str, str]:
    return _folder(rng) + "/", f"{rng.choice('xyz')}/"


def unicode(rng: random.Random) -> tuple[str, str]:
    return _folder(rng), f"čaj/{rng.choice('xyz')} ☕.txt"


def _folder(rng: random.Random) -> str:
    return rng.choice(["/srv/data", "/home/ann/files", "/var/www"])


BASE = FunctionBase(
    solves=safe_join,
    title="Join paths safely",
    category="security_bugs",
    level="medium",
    description="""
        `safe_join(folder, name)` returns the path that the relative or absolute path `name` means in `folder`, in its
        normal form: without "." and "..", doubled slashes and a slash at the end. `folder` is an absolute path that
        we trust, maybe with a slash at its end; `name` comes from strangers. If the path is not below the folder, is
        the folder itself, or if the name holds a zero character, it raises ValueError. Nothing is read from the disk.
        A name that leaves the folder and comes back into it is all right. The folder "/" contains every path but
        itself.
    """,
    hints=(
        "Where do ../../etc/passwd and /etc/passwd lead to?",
        "Compare after the path is in its normal form, not before.",
        "/srv/database starts with the same characters as /srv/data. What must follow the folder's own path?",
    ),
    visible={
        "a file": ("/srv/data", "a/b.txt"),
        "one up": ("/srv/data", "../b.txt"),
        "absolute": ("/srv/data", "/etc/passwd"),
        "the folder itself": ("/srv/data", "."),
    },
    hidden={
        "inside": inside,
        "dots that stay inside": dots_inside,
        "up": one_up,
        "far up": far_up,
        "an absolute path": absolute,
        "a folder whose name starts alike": sibling,
        "the folder in other words": the_folder_itself,
        "out and back again": back_again,
        "a zero character": zero_byte,
        "an absolute path inside": absolute_inside,
        "slashes at the end": slash_at_the_end,
        "the root": ("/", "etc/passwd"),
        "the root itself": ("/", ".."),
        "beyond ASCII": unicode,
    },
)
