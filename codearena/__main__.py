"""The `codearena` command, and `python -m codearena`."""

import sys

_MISSING = 'the command needs more than the SDK: pip install "codearena[server]"'


def main() -> None:
    try:
        from codearena.cli import app
    except ModuleNotFoundError as error:
        # The base install brings the SDK alone; any other missing module is a defect and shows as one.
        if error.name not in ("typer", "rich", "yaml", "openai"):
            raise
        sys.exit(_MISSING)
    app()


if __name__ == "__main__":
    main()
