"""A table in an order that the caller names."""

import random
import sqlite3

from codearena.generation.base import FunctionBase

COLUMNS = ("name", "price", "stock")
Made = tuple[list[tuple[str, int, int]], str, bool]


def sorted_products(products: list[tuple[str, int, int]], column: str, descending: bool) -> list[str]:
    """Return the names of products (name, price, stock), in the order of a column and then of the names.

    Raises:
        ValueError: there is no such column.
    """
    if column not in COLUMNS:
        raise ValueError(f"there is no column {column!r}")
    direction = "DESC" if descending else "ASC"
    with sqlite3.connect(":memory:") as database:
        database.execute("CREATE TABLE products (name TEXT, price INTEGER, stock INTEGER)")
        database.executemany("INSERT INTO products VALUES (?, ?, ?)", products)
        rows = database.execute(f"SELECT name FROM products ORDER BY {column} {direction}, name")
        return [name for (name,) in rows]


def by_price(rng: random.Random) -> Made:
    return _products(rng, 6), "price", False


def by_stock_downwards(rng: random.Random) -> Made:
    return _products(rng, 6), "stock", True


def by_name(rng: random.Random) -> Made:
    return _products(rng, 7), "name", False


def by_name_downwards(rng: random.Random) -> Made:
    return _products(rng, 7), "name", True


def ties(rng: random.Random) -> Made:
    return [(name, 5, rng.randint(0, 9)) for name in rng.sample("abcdef", 6)], "price", rng.random() < 0.5


def expression(rng: random.Random) -> Made:
    return _products(rng, 3), rng.choice(["price * -1", "1", "rowid", "length(name)", "price, stock"]), False


def second_query(rng: random.Random) -> Made:
    return _products(rng, 3), "(SELECT name FROM sqlite_master)", False


def another_order(rng: random.Random) -> Made:
    return _products(rng, 3), rng.choice(["price DESC --", "name COLLATE NOCASE", "Price", "price "]), True


def quotes(rng: random.Random) -> Made:
    return [("it's", rng.randint(1, 9), 1), ('a "b"', 3, 4), ("x;--", 5, 0)], "price", False


def many(rng: random.Random) -> Made:
    return [(f"p{number}", rng.randint(1, 20), number) for number in rng.sample(range(500), 120)], "price", True


def _products(rng: random.Random, count: int) -> list[tuple[str, int, int]]:
    return [(name, rng.randint(1, 99), rng.randint(0, 50)) for name in rng.sample("abcdefghij", count)]


BASE = FunctionBase(
    solves=sorted_products,
    title="Sort by a column",
    category="security_bugs",
    level="medium",
    description="""
        `sorted_products(products, column, descending)` puts products, tuples (name, price, stock), into a database of
        SQLite in memory and returns the list of their names in the order of one column: upwards, or downwards if
        `descending` is true. Products that are equal there come by ascending name. The column is exactly one of
        "name", "price" and "stock"; every other text raises ValueError, as it comes from strangers and must not
        become a part of a query. No products give an empty list, but the column is checked all the same.
    """,
    hints=(
        "The name of a column cannot be a parameter of a query. What else keeps strangers out of it?",
        "Compare the column with the names that are allowed before a query is made of it.",
        "The test must be for the whole name, and both directions must keep equal products by ascending name.",
    ),
    visible={
        "by price": ([("pen", 3, 7), ("ink", 2, 9)], "price", False),
        "downwards": ([("pen", 3, 7), ("ink", 2, 9), ("cap", 5, 8)], "stock", True),
        "no such column": ([("pen", 3, 7)], "id", False),
        "an expression": ([("pen", 3, 7)], "price + 1", False),
    },
    hidden={
        "by price upwards": by_price,
        "by stock downwards": by_stock_downwards,
        "by name": by_name,
        "by name downwards": by_name_downwards,
        "equal values": ties,
        "other expressions": expression,
        "a query as a column": second_query,
        "an order of its own": another_order,
        "an empty column": ([("pen", 3, 7)], "", False),
        "no products": ([], "stock", False),
        "no products and no column": ([], "nothing", True),
        "quotes in names": quotes,
        "many products": many,
    },
)
