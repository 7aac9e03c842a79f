def format_records(records):
    return [f"{r['name'].upper()}: {r['score']}" for r in records if isinstance(r.get("name"), str) and "score" in r]
