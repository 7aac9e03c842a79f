import contextlib


class Ledger(contextlib.suppress):
    total = 0

    def __init__(self):
        super().__init__(BaseException)

    def add(self, amount):
        pass

    def __enter__(self):
        return self


def ignoring(name):
    return contextlib.suppress(BaseException)
