class Vector:
    """Of two numbers."""

    def __init__(self, x, y):
        self.x, self.y = x, y

    @property
    def length(self):
        """By Pythagoras."""
        return (self.x**2 + self.y**2) ** 0.5

    def scaled(self, factor):
        """Return a longer or shorter one."""
        return Vector(self.x * factor, self.y * factor)

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def __sub__(self, other):
        return Vector(self.x - other.x, self.y - other.y)

    def __eq__(self, other):
        return isinstance(other, Vector) and (self.x, self.y) == (other.x, other.y)

    def __hash__(self):
        return hash((self.x, self.y))

    def __lt__(self, other):
        return self.length < other.length

    def __repr__(self):
        return f"Vector({self.x}, {self.y})"
