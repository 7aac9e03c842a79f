def check(candidate):
    assert candidate([1, 1, 2]) == 1
    assert candidate([]) == 0
    assert candidate([5] * 4) == 6
    assert candidate(list(range(2400)) + [7, 8]) == 2
    assert candidate([3, 3] * 700) == 1400 * 1399 // 2
