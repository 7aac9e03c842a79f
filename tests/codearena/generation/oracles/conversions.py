"""Oracles of the bases on conversions."""

from decimal import Decimal
from fractions import Fraction
from statistics import fmean


def mean_reading(readings: list[object]) -> float | None:
    numbers = [float(str(reading)) for reading in readings if str(reading) not in ("", "None")]
    return fmean(numbers) if numbers else None


def parse_flag(value: object, default: bool) -> bool:
    if value in (None, "") and type(value) in (type(None), str):
        return default
    if type(value) not in (bool, int, str):
        raise TypeError
    word = str(value).lower().strip()
    return word in ("true", "yes", "on", "1") or _no(word)


def _no(word: str) -> bool:
    if word not in ("false", "no", "off", "0"):
        raise ValueError
    return False


def newest_version(versions: list[str]) -> str | None:
    parts = [version.split(".") for version in versions]
    if any(part == "" or set(part) - set("0123456789") for each in parts for part in each):
        raise ValueError
    length = max(map(len, parts), default=0)
    padded = [[*map(int, each), *[0] * (length - len(each))] for each in parts]
    return versions[padded.index(max(padded))] if versions else None


def invoice_total(lines: list[tuple[str, int]], tax_percent: int) -> Decimal:
    total = sum((Fraction(price) * count for price, count in lines), Fraction(0)) * Fraction(100 + tax_percent, 100)
    cents = int(abs(total) * 100 + Fraction(1, 2)) * (-1 if total < 0 else 1)
    return Decimal(cents).scaleb(-2)


def flatten(values: list[object]) -> list[object]:
    while any(isinstance(value, (list, tuple)) for value in values):
        values = [item for value in values for item in (value if isinstance(value, (list, tuple)) else [value])]
    return list(values)
