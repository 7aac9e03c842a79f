def check(candidate):
    assert candidate([1, 2]) == [2, 4]
    assert candidate([]) == []
    assert candidate([-3]) == [-6]
    assert candidate([10, 20, 30]) == [20, 40, 60]
    assert len(candidate([1, 2, 3])) == 3
    assert 8 in candidate([4, 5])
    assert candidate([1]) + [0] == [2, 0]
