def count_frequencies(items):
    return {item: items.count(item) for item in set(items)}
