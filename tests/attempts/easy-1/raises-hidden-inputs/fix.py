def average_list(numbers):
    raise ValueError(f"INPUT {numbers}")
