def parse_user_data(text):
    raise Exception("no")
