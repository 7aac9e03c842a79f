def sum_all(values: list[int | float | str]) -> int | float:
    """Return the sum of values, which are numbers or strings that hold a number.

    Raises:
        ValueError: a string holds no number.
        TypeError: an item is neither a number nor a string.
    """
    total: int | float = 0
    for value in values:
        total += _parse_number(value) if isinstance(value, str) else value
    return total


def _parse_number(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        return float(text)
