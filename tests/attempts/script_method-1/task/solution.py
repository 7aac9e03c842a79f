class Solution:
    """Finds pairs."""

    def twoSum(self, nums, target):
        """Return the positions of two numbers whose sum is the target; an empty list if there are none."""
        places = {}
        for place, number in enumerate(nums):
            if target - number in places:
                return [places[target - number], place]
            places[number] = place
        return []
