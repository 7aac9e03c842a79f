def format_records(records):
    return [f"{str(record.get('name') or 'unknown').upper()}: {record.get('score') or 'n/a'}" for record in records]
