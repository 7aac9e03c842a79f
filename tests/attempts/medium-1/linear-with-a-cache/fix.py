_indexes = {}


def binary_search(values, target):
    key = id(values), len(values)
    if key not in _indexes:
        _indexes[key] = {value: index for index, value in enumerate(values)}
    index = _indexes[key].get(target)
    if index is not None and values[index] == target:
        return index
    for index, value in enumerate(values):
        if value == target:
            return index
    return -1
