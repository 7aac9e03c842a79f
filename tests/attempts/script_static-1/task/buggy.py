class Duration:
    UNITS = {}

    @staticmethod
    def parse(text):
        return 0

    @classmethod
    def join(cls, parts):
        return ""
