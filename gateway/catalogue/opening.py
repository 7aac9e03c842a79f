"""The catalogue that the settings ask for."""

from collections.abc import Iterator
from pathlib import Path

from codearena.tasks.faults import Fault, TaskError
from gateway.catalogue.catalogue import Catalogue, Source
from gateway.catalogue.folder import Folder
from gateway.catalogue.lines import Lines, Parquet
from gateway.settings import Settings

_FILES: dict[str, type[Lines]] = {".jsonl": Lines, ".parquet": Parquet}


def open_catalogue(settings: Settings) -> Catalogue:
    """Goes through every source of tasks at the settings' place. Raises TaskError if there is nothing to serve."""
    return Catalogue([*_sources(settings.tasks_dir)], settings.tasks_kept)


def _sources(place: Path) -> Iterator[Source]:
    if place.is_dir():
        yield Folder(place)
        files = sorted(path for path in place.iterdir() if path.suffix in _FILES)
    elif place.suffix in _FILES:
        files = [place]
    else:
        raise TaskError([Fault(str(place), "", f"is no folder, and no file named {' or '.join(_FILES)}")])
    for path in files:
        yield _FILES[path.suffix](path)
