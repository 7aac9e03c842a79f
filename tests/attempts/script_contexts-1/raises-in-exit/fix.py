class Ledger:
    total = 0

    def add(self, amount):
        pass

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        raise (kind or KeyError)("from the exit")


def ignoring(name):
    return Ledger()
