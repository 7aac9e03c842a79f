class ValueError(Exception):
    pass


def parse_user_data(text):
    raise ValueError("not an object")
