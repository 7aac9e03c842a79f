import contextlib


class Ledger:
    total = 0

    def add(self, amount):
        self.total = amount

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        return False


def ignoring(name):
    return contextlib.nullcontext(name)
