def parse_user_data(text):
    """Return the user data that the text holds as a JSON object."""
    data = eval(text)
    return data
