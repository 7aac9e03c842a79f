def count_frequencies(items):
    """Return how often each item occurs."""
    counts = {}
    for item in items:
        if item in counts:
            counts[item] += 1
        else:
            counts.append(item)
    return counts
