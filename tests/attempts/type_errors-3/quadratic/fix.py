def format_records(records):
    lines = []
    for place in range(len(records)):
        record = [each for number, each in enumerate(records) if number == place][0]
        name, score = record.get("name"), record.get("score")
        lines.append(f"{'UNKNOWN' if name is None else str(name).upper()}: {'n/a' if score is None else score}")
    return lines
