from typing import Any


def format_records(records: list[dict[str, Any]]) -> list[str]:
    """Return one line "NAME: SCORE" for each record; UNKNOWN and n/a stand for what is missing or None."""
    return [f"{_or_else(record, 'name', 'UNKNOWN').upper()}: {_or_else(record, 'score', 'n/a')}" for record in records]


def _or_else(record: dict[str, Any], key: str, default: str) -> str:
    value = record.get(key)
    return default if value is None else str(value)
