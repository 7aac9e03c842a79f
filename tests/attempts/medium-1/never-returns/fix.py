def binary_search(values, target):
    while True:
        pass
