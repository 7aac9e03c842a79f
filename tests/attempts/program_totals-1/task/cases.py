def statement(rng):
    return f"{_lines(rng, rng.randint(5, 20))}withdraw 99999\n"


def long_statement(rng):
    return f"{_lines(rng, 2000)}withdraw 999999\n"


def _lines(rng, count):
    return "".join(f"{rng.choice(['deposit', 'withdraw'])} {rng.randint(1, 99)}\n" for _ in range(count))
