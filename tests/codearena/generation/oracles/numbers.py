"""Oracles of the bases on numbers."""

import re
import statistics


def to_roman(number: int) -> str:
    """All ones, then ever larger letters for them."""
    if not 1 <= number < 4000:
        raise ValueError
    numeral = "I" * number
    rules = ["IIIII:V", "VV:X", "XXXXX:L", "LL:C", "CCCCC:D", "DD:M"]
    for rule in rules:
        numeral = numeral.replace(*rule.split(":"))
    for rule in ["DCCCC:CM", "CCCC:CD", "LXXXX:XC", "XXXX:XL", "VIIII:IX", "IIII:IV"]:
        numeral = numeral.replace(*rule.split(":"))
    return numeral


def prime_factors(number: int) -> list[tuple[int, int]]:
    if number <= 0:
        raise ValueError
    primes, divisor = [], 2
    while number > 1:
        if number % divisor:
            divisor += 1
        else:
            primes.append(divisor)
            number //= divisor
    return [(prime, primes.count(prime)) for prime in sorted(set(primes))]


def is_valid_number(number: str) -> bool:
    digits = number.replace(" ", "")
    odd, even = digits[::-2], digits[-2::-2]
    total = sum(map(int, odd)) + sum(int("0246813579"[int(digit)]) for digit in even)
    return len(digits) >= 2 and str(total)[-1] == "0"


def to_base(number: int, base: int) -> str:
    if base not in range(2, 37):
        raise ValueError
    power, digits = 1, ""
    while power * base <= abs(number):
        power *= base
    while power:
        digit = abs(number) // power % base
        digits += chr(48 + digit) if digit < 10 else chr(87 + digit)
        power //= base
    return re.sub("^", "-" * (number < 0), digits)


def primes_between(stdin: str) -> str:
    limit = 30_000
    crossed = {multiple for number in range(2, 174) for multiple in range(2 * number, limit + 1, number)}
    answers = []
    for line in stdin.splitlines():
        first, last = map(int, line.split())
        primes = [number for number in range(max(first, 2), last + 1) if number not in crossed]
        answers.append(f"{len(primes)} {sum(primes)}")
    return "\n".join(answers)


def summary(stdin: str) -> str:
    values = [float(word) for word in stdin.split()]
    if not values:
        return "no numbers"
    return f"{len(values)} {statistics.fmean(values)} {statistics.median(values)} {statistics.pstdev(values)}"
