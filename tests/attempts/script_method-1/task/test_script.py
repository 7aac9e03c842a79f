def check(candidate):
    assert candidate([2, 7, 11, 15], 9) == [0, 1]
    assert candidate([3, 2, 4], 6) == [1, 2]
    assert candidate(nums=[3, 3], target=6) == [0, 1]
    assert candidate([1, 2], 7) == []
    assert sorted(candidate([5, 1, 4], 9)) == [0, 2]


check(Solution().twoSum)
