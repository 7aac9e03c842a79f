def binary_search(values, target):
    return values.index(target) if target in values else -1
