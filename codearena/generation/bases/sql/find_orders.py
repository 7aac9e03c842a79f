"""Orders of a customer, by a query with a parameter."""

import random
import sqlite3

from codearena.generation.base import FunctionBase

Made = tuple[list[tuple[int, str, int]], str]


def find_orders(orders: list[tuple[int, str, int]], customer: str) -> list[tuple[int, int]]:
    """Return (number, total) of the orders (number, customer, total) of one customer, by number."""
    with sqlite3.connect(":memory:") as database:
        database.execute("CREATE TABLE orders (number INTEGER, customer TEXT, total INTEGER)")
        database.executemany("INSERT INTO orders VALUES (?, ?, ?)", orders)
        query = "SELECT number, total FROM orders WHERE customer = ? ORDER BY number"
        return database.execute(query, (customer,)).fetchall()


def several(rng: random.Random) -> Made:
    return _orders(rng, 9), rng.choice(["ann", "bob"])


def nobody(rng: random.Random) -> Made:
    return _orders(rng, 5), "zed"


def quote_in_the_name(rng: random.Random) -> Made:
    return [*_orders(rng, 3), (77, "O'Brien", rng.randint(1, 99))], "O'Brien"


def always_true(rng: random.Random) -> Made:
    return _orders(rng, 5), "x' OR '1'='1"


def comment(rng: random.Random) -> Made:
    return _orders(rng, 5), "ann' --"


def union(rng: random.Random) -> Made:
    return _orders(rng, 4), f"x' UNION SELECT {rng.randint(1, 9)}, 2 --"


def second_statement(rng: random.Random) -> Made:
    return _orders(rng, 4), "ann'; DROP TABLE orders; --"


def case_and_spaces(rng: random.Random) -> Made:
    return _orders(rng, 6), rng.choice(["Ann", "ann ", " ann"])


def wildcards(rng: random.Random) -> Made:
    return _orders(rng, 6), rng.choice(["%", "a_n", "*"])


def double_quotes(rng: random.Random) -> Made:
    return [*_orders(rng, 3), (5, '"ann"', 8)], '"ann"'


def unicode(rng: random.Random) -> Made:
    return [*_orders(rng, 3), (rng.randint(200, 300), "Zoë 🙂", 8)], "Zoë 🙂"


def many(rng: random.Random) -> Made:
    return _orders(rng, 150), "cid"


def _orders(rng: random.Random, count: int) -> list[tuple[int, str, int]]:
    numbers = rng.sample(range(100, 400), count)
    return [(number, rng.choice(["ann", "bob", "cid"]), rng.randint(1, 500)) for number in numbers]


BASE = FunctionBase(
    solves=find_orders,
    title="Orders of a customer",
    category="security_bugs",
    level="easy",
    description="""
        `find_orders(orders, customer)` puts orders, tuples (number, customer, total), into a database of SQLite in
        memory and queries it. It returns a list of tuples (number, total) of the orders whose customer is exactly
        `customer`, by ascending number. The customer comes from strangers: quotes, comments and words of SQL in it
        are nothing but characters of a name, so that they find no order unless a customer has just that name.
    """,
    hints=(
        "What does the query look like for the customer O'Brien?",
        "Text that is pasted into a query can become a part of the query. A database takes values apart from it.",
        "Write ? where the value belongs, and hand the value over in a tuple.",
    ),
    visible={
        "two orders": ([(2, "ann", 30), (1, "ann", 20), (3, "bob", 10)], "ann"),
        "a quote in the name": ([(1, "O'Brien", 5), (2, "bob", 6)], "O'Brien"),
        "always true": ([(1, "ann", 5)], "' OR ''='"),
        "no orders": ([], "ann"),
    },
    hidden={
        "several orders": several,
        "nobody of that name": nobody,
        "a name with a quote": quote_in_the_name,
        "a condition that is always true": always_true,
        "a comment": comment,
        "another query": union,
        "a second statement": second_statement,
        "the empty name": ([(1, "", 4), (2, "ann", 5)], ""),
        "case and spaces": case_and_spaces,
        "wildcards": wildcards,
        "double quotes": double_quotes,
        "beyond ASCII": unicode,
        "many orders": many,
    },
)
