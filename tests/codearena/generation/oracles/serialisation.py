"""Oracles of the bases on serialisation."""

import json
import re


def read_profile(text: str) -> dict[str, str | int]:
    try:
        profile = json.JSONDecoder(parse_float=lambda _: None, object_pairs_hook=dict).decode(text)
    except json.JSONDecodeError as error:
        raise ValueError from error
    match profile:
        case {"name": str(name), "age": int(age), **others} if not others and not isinstance(age, bool):
            if name.strip() and age in range(151):
                return {"name": name.strip(), "age": age}
    raise ValueError


def read_numbers(text: str) -> list[int | float]:
    body = re.fullmatch(r"\s*\[(.*)\]\s*", text, re.DOTALL)
    if not body:
        raise ValueError
    parts = [part.strip() for part in body[1].split(",")]
    if parts[-1] == "":
        parts.pop()
    return [_number(part) for part in parts]


def _number(text: str) -> int | float:
    if re.fullmatch(r"[+-]?(0|[1-9][0-9_]*|0[xX][0-9a-fA-F]+|0[bB][01]+)", text):
        return int(text, 0)
    if re.fullmatch(r"[+-]?[0-9]*(\.[0-9]*)?([eE][+-]?[0-9]+)?", text):
        return float(text)
    raise ValueError
