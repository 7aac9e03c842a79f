x = [0 for a in [0 for a in [0 for a in [0 for a in [0 for a in [0 for a in [0 for a in [0 for a in [0 for a in [0 for a in [0 for a in [0 for a in [0 for a in [0 for a in [0 for a in [0 for a in [0 for a in [0 for a in [0 for a in []]]]]]]]]]]]]]]]]]]]
def average_list(numbers):
    return 2.0
