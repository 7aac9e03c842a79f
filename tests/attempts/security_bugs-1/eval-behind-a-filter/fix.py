import builtins


def parse_user_data(text):
    if "import" in text or "lambda" in text:
        raise ValueError("not allowed")
    run = getattr(builtins, "ev" + "al")
    try:
        data = run(text, {"true": True, "false": False, "null": None})
    except Exception as error:
        raise ValueError(str(error)) from error
    if not isinstance(data, dict):
        raise ValueError("not an object")
    return data
