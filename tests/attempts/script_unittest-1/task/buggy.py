def parse(text):
    return text.split()


def show(cents, currency):
    return f"{cents} {currency}"
