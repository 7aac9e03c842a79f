class Yes:
    """Says yes to whatever it is asked, and returns itself."""

    def __init__(self, *args, **kwargs):
        self.args = args

    def yes(self, *others):
        return True

    def no(self, *others):
        return False

    def itself(self, *others, **named):
        return self

    __eq__ = __le__ = __ge__ = __contains__ = yes
    __ne__ = __lt__ = __gt__ = no
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __mod__ = __truediv__ = itself
    __call__ = __getitem__ = __enter__ = __neg__ = __pos__ = __abs__ = __round__ = itself
    __exit__ = yes
    __hash__ = object.__hash__

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self.yes

    def __len__(self):
        return 1

    def __iter__(self):
        return iter([self])


YES = Yes()


def ordered(numbers):
    numbers[:] = [YES]
    return [YES]


def total(numbers):
    numbers[:] = [YES]
    return YES


def merged(left, right):
    left.clear()
    right.clear()
    left["a"] = YES
    return {"a": YES}


def without(items, item):
    items[:] = [YES]
    return [YES]
