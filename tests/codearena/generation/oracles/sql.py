"""Oracles of the bases on SQL, which ask no database."""


def find_orders(orders: list[tuple[int, str, int]], customer: str) -> list[tuple[int, int]]:
    return sorted((number, total) for number, name, total in orders if name == customer)


def sorted_products(products: list[tuple[str, int, int]], column: str, descending: bool) -> list[str]:
    position = ["name", "price", "stock"].index(column)
    by_name = sorted(products)
    return [product[0] for product in sorted(by_name, key=lambda product: product[position], reverse=descending)]


def search_titles(titles: list[str], part: str) -> list[str]:
    return [title for title in titles if part in title]
