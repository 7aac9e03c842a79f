"""Oracles of the bases on commands: they say only what must be refused."""


def archive_folder(folder: str, target: str) -> bool:
    if any(path == "" or path[0] == "-" for path in (folder, target)):
        raise ValueError
    return True
