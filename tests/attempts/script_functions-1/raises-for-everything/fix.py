def mean(numbers):
    raise ValueError("no numbers")


spread = mean
