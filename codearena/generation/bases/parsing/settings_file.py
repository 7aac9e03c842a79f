"""A file of settings in sections."""

import random
import sys

from codearena.generation.base import ProgramBase


def main() -> None:
    """Print the settings as section.key=value, in order of their names."""
    settings: dict[str, str] = {}
    section = ""
    for number, line in enumerate(sys.stdin.read().splitlines(), start=1):
        text = line.partition("#")[0].strip()
        if text.startswith("[") and text.endswith("]"):
            section = text[1:-1].strip() + "."
        elif "=" in text:
            key, _, value = text.partition("=")
            settings[section + key.strip()] = value.strip()
        elif text:
            print("error in line", number)
            return
    for name in sorted(settings):
        print(f"{name}={settings[name]}")


def sections(rng: random.Random) -> str:
    return f"[web]\nport={rng.randint(1, 9999)}\n[db]\nport=1\nname=x\n"


def spaces(rng: random.Random) -> str:
    return f"  [ web ]  \n  port  =  {rng.randint(1, 99)}  \n\tname=a b\n"


def comments(rng: random.Random) -> str:
    return f"# first\na={rng.randint(1, 9)} # last\n#b=2\n[s] # section\nc=#\n"


def set_twice(rng: random.Random) -> str:
    return f"a=1\nb=2\na={rng.randint(3, 9)}\n[s]\na=5\n[s]\na={rng.randint(3, 9)}\n"


def equal_signs(rng: random.Random) -> str:
    return f"url=http://x?a={rng.randint(1, 9)}&b==2\n"


def empty_values(rng: random.Random) -> str:
    return f"a=\n={rng.randint(1, 9)}\n[]\nb=\n"


def error(rng: random.Random) -> str:
    return "a=1\n\n# comment\n" + "\n" * rng.randint(0, 5) + "nothing here\nb=2\nneither here\n"


def not_closed(rng: random.Random) -> str:
    return "a=1\n" * rng.randint(1, 4) + "[web\n"


def not_opened(rng: random.Random) -> str:
    return "a=1\n" * rng.randint(1, 4) + "web]\n"


def many(rng: random.Random) -> str:
    return "".join(
        rng.choice([f"[s{rng.randint(1, 5)}]\n", f"k{rng.randint(1, 30)} = {rng.randint(1, 99)}\n"]) for _ in range(150)
    )


BASE = ProgramBase(
    solves=main,
    title="A file of settings",
    category="hard",
    level="hard",
    description="""
        Read settings from standard input and print them sorted. In each line everything from the first # on is a
        comment, and white space around what is left does not matter; lines of which nothing is left are skipped. A
        line [NAME] begins a section, whose name may have white space around it and may be empty. A line KEY=VALUE
        sets a value: the key is what stands before the first =, without white space around it, and so is the value
        behind it; both may be empty. A line that starts with [ and ends with ] is always a section.

        Print a line NAME=VALUE for each setting, by ascending names. The name is SECTION.KEY, or KEY for those before
        the first section. Of two values for one name the later one counts. If a line is neither a section nor a
        setting, print only `error in line N` for the first such line, with lines counted from 1.
    """,
    hints=(
        "Which parts of a line are removed first, and which signs then tell what kind of line it is?",
        "Only the first = separates, and all lines are counted, also those that are skipped.",
        "Check the section of the first settings, a name that comes again, and what an error leaves printed.",
    ),
    visible={
        "two sections": "[b]\nx=1\n[a]\ny=2\n",
        "no section": "name = value # comment\n",
        "an error": "a=1\n\noops\n",
    },
    hidden={
        "sections": sections,
        "white space": spaces,
        "comments": comments,
        "set twice": set_twice,
        "several equal signs": equal_signs,
        "empty values": empty_values,
        "an error after empty lines": error,
        "a section that is not closed": not_closed,
        "a section that is not opened": not_opened,
        "nothing": "",
        "an equal sign in a section": "[a=b]\nc=1\n",
        "many": many,
    },
    compare="exact",
)
