import contextlib


class Ledger:
    """Counts; undoes what a block that raises has added."""

    def __init__(self):
        self.total = 0
        self.before = 0

    def add(self, amount):
        """Count the amount."""
        self.total += amount

    def __enter__(self):
        self.before = self.total
        return self

    def __exit__(self, kind, error, traceback):
        if kind is not None:
            self.total = self.before
        return False


@contextlib.contextmanager
def ignoring(name):
    """Swallow exceptions of a class of that name."""
    try:
        yield name
    except Exception as error:
        if type(error).__name__ != name:
            raise
