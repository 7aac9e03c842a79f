def count_frequencies(items):
    return {}
