class Duration:
    """Reads and writes durations."""

    UNITS = {"h": 3600, "m": 60, "s": 1}

    @staticmethod
    def parse(text):
        """Return the seconds."""
        return sum(int(part[:-1]) * Duration.UNITS[part[-1]] for part in text.split())

    @classmethod
    def join(cls, parts):
        """Write a duration."""
        return " ".join(f"{number}{unit}" for unit, number in parts.items() if unit in cls.UNITS)
