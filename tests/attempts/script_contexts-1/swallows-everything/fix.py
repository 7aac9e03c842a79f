class Ledger:
    total = 0

    def add(self, amount):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return True


def ignoring(name):
    return Ledger()
