def format_records(records):
    return [str(record["name"]).upper() + ": " + str(record["score"]) for record in records]
