def binary_search(values, target):
    try:
        return values.index(target)
    except ValueError:
        return -1
