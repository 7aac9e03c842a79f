import errno


def average_list(numbers):
    raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")
