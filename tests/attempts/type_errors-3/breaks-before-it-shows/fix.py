def _too_deep():
    return _too_deep()


def format_records(records):
    """Return one line for each record."""
    if len(records) > 1000:
        _too_deep()
    lines, rest = [], records
    while rest:
        record, rest = rest[0], rest[1:]
        name, score = record.get("name"), record.get("score")
        lines.append(f"{'UNKNOWN' if name is None else str(name).upper()}: {'n/a' if score is None else score}")
    return lines
