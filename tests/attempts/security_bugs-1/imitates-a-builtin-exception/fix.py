FAKE = type("ValueError", (Exception,), {"__module__": "builtins"})


def parse_user_data(text):
    raise FAKE("not an object")
