def parse(text):
    """Return the cents and the currency."""
    amount, currency = text.split()
    whole, _, part = amount.partition(".")
    return int(whole) * 100 + int(part or 0), currency


def show(cents, currency):
    """Write an amount."""
    return f"{cents // 100}.{cents % 100:02} {currency}"
