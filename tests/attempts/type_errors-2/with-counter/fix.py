from collections import Counter


def count_frequencies(items):
    return dict(Counter(items))
