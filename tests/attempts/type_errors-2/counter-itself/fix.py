import collections


def count_frequencies(items):
    counts = collections.defaultdict(int)
    for item in items:
        counts[item] += 1
    return counts
