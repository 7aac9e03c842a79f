import ast


def parse_user_data(text):
    try:
        data = ast.literal_eval(text.strip())
    except SyntaxError as error:
        raise ValueError(str(error)) from error
    if not isinstance(data, dict):
        raise ValueError("not an object")
    return data
