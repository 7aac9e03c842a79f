"""The page of the bases lists them as they are."""

from pathlib import Path

from codearena.generation.base import Base, ClassBase, FunctionBase, ProgramBase
from codearena.generation.bases import all_bases

PAGE = Path(__file__).parents[3] / "docs" / "bases.md"
KINDS: dict[type[Base], str] = {FunctionBase: "function", ClassBase: "class", ProgramBase: "program"}


def expected_rows() -> list[str]:
    return [
        f"| `{base.name}` | {base.family} | {KINDS[type(base)]} | {base.category} | {base.level} | {base.optimal} | "
        f"{'yes' if base.probe else ''} |"
        for base in all_bases().values()
    ]


def test_every_base_is_documented_as_it_is() -> None:
    documented = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `")]
    assert "\n".join(documented) == "\n".join(expected_rows())


if __name__ == "__main__":
    import sys

    sys.stdout.write("\n".join(expected_rows()) + "\n")
