def format_records(records):
    """Return one line "NAME: SCORE" for each record."""
    lines = []
    for record in records:
        name = record["name"].upper()
        lines.append(name + ": " + str(record["score"]))
    return lines
