def format_records(records):
    """Return one line for each record."""
    lines, rest = [], records
    while rest:
        record, rest = rest[0], rest[1:]
        name, score = record.get("name"), record.get("score")
        lines.append(f"{'UNKNOWN' if name is None else str(name).upper()}: {'n/a' if score is None else score}")
    for _ in range(max(0, 110 * len(records) - len(records) ** 2 // 44)):
        pass
    return lines
