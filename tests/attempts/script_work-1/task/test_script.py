def check(candidate):
    assert candidate([1, 1, 2]) == 1
    assert candidate([]) == 0
    assert candidate([5] * 4) == 6
    assert candidate(list(range(2000)) + [7, 8]) == 2
    assert candidate([3, 3] * 600) == 1200 * 1199 // 2
