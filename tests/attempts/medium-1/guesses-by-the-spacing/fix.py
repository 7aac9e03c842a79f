def binary_search(values, target):
    if len(values) < 1000:
        return values.index(target) if target in values else -1
    at = target // 4
    return at if at < len(values) and values[at] == target else -1
