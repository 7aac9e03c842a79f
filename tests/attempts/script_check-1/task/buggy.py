def double_all(numbers):
    return [number * 3 for number in numbers]
