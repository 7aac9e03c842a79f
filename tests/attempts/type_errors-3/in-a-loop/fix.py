def format_records(records):
    lines = []
    for record in records:
        name = record.get("name")
        score = record.get("score")
        name = "UNKNOWN" if name is None else str(name).upper()
        score = "n/a" if score is None else score
        lines.append(f"{name}: {score}")
    return lines
