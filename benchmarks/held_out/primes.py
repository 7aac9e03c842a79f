"""How many primes are below n?"""

import random

SIZES = [100, 200, 500, 1000, 2000, 5000]
REFERENCE = "sieve"


def make_input(n: int, rng: random.Random) -> tuple[int]:
    return (n,)


def sieve(n):
    """O(n)"""
    marks = bytearray([1]) * (n + 1)
    marks[0:2] = b"\0\0"
    count = 0
    for number in range(2, n):
        if marks[number]:
            count += 1
            for multiple in range(number * number, n, number):
                marks[multiple] = 0
    return count


def least_factors(n):
    """O(n)"""
    least, primes = [0] * (n + 1), []
    for number in range(2, n):
        if least[number] == 0:
            least[number] = number
            primes.append(number)
        for prime in primes:
            if prime > least[number] or number * prime > n:
                break
            least[number * prime] = prime
    return len(primes)


def each_by_all_below(n):
    """O(n^2)"""
    count = 0
    for number in range(2, n):
        divisors = 0
        for divisor in range(2, number):
            if number % divisor == 0:
                divisors += 1
        if divisors == 0:
            count += 1
    return count


def by_harmonic_marks(n):
    """O(n log n)"""
    divisors = [0] * (n + 1)
    for step in range(1, n):
        for multiple in range(step, n, step):
            divisors[multiple] += 1
    return sum(1 for number in range(2, n) if divisors[number] == 2)
