"""Oracles of the bases on paths."""

import re


def safe_join(folder: str, name: str) -> str:
    """Walks through the parts by hand."""
    if "\0" in name:
        raise ValueError
    places: list[str] = []
    for part in (name if name.startswith("/") else f"{folder}/{name}").split("/"):
        if part == "..":
            places = places[:-1]
        elif part not in ("", "."):
            places.append(part)
    root = [part for part in folder.split("/") if part]
    if len(places) <= len(root) or places[: len(root)] != root:
        raise ValueError
    double = "//" if name.startswith("//") and not name.startswith("///") else "/"
    return double + "/".join(places)


def upload_name(name: str) -> str:
    found = re.fullmatch(r"(?:.*[/\\])?([^/\\]*)\.(jpg|pdf|png|txt)", name.lower(), re.DOTALL)
    if not found:
        raise ValueError
    allowed = set("abcdefghijklmnopqrstuvwxyz0123456789_-")
    clean = ""
    for character in found[1]:
        if character in allowed:
            clean += character
        elif not clean.endswith("\0"):
            clean += "\0"
    clean = clean.replace("\0", "-").strip("-")[:40]
    if clean == "":
        raise ValueError
    return clean + "." + found[2]
