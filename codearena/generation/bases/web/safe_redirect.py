"""Where a page may send its visitors."""

import random
from urllib.parse import urlsplit

from codearena.generation.base import FunctionBase

HOSTS = ("example.org", "www.example.org")


def safe_redirect(target: str) -> str:
    """Return target if it leads to a page of ours, else "/"."""
    if any(sign in target for sign in "\\\t\r\n") or target != target.strip():
        return "/"
    if target.startswith("/"):
        return "/" if target.startswith("//") else target
    try:
        parts = urlsplit(target)
    except ValueError:
        return "/"
    return target if parts.scheme == "https" and parts.netloc in HOSTS else "/"


def own_path(rng: random.Random) -> tuple[str]:
    return (f"/orders/{rng.randint(1, 99)}?sort=up#top",)


def own_address(rng: random.Random) -> tuple[str]:
    return (f"https://{rng.choice(['example.org', 'www.example.org'])}/a?x={rng.randint(1, 9)}",)


def another_host(rng: random.Random) -> tuple[str]:
    return (rng.choice(["https://evil.test/", "https://evil.test/example.org", "http://evil.test"]),)


def no_scheme(rng: random.Random) -> tuple[str]:
    return (rng.choice(["//evil.test/", "//example.org.evil.test", "///evil.test", "//example.org/"]),)


def host_that_starts_alike(rng: random.Random) -> tuple[str]:
    return (f"https://example.org.evil{rng.randint(1, 9)}.test/",)


def script(rng: random.Random) -> tuple[str]:
    return (
        rng.choice(["javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "javascript://example.org/"]),
    )


def not_encrypted(rng: random.Random) -> tuple[str]:
    return (f"http://example.org/{rng.randint(1, 9)}",)


def backslashes(rng: random.Random) -> tuple[str]:
    return (rng.choice(["/\\evil.test", "\\\\evil.test", "https:\\\\evil.test", "https://example.org\\@evil.test"]),)


def control_characters(rng: random.Random) -> tuple[str]:
    return (rng.choice(["/\t/evil.test", "/a\r\nSet-Cookie: x=1", "java\nscript:alert(1)", "/x\n"]),)


def spaces(rng: random.Random) -> tuple[str]:
    return (rng.choice([" /a", "/a ", " https://example.org/", " javascript:alert(1)"]),)


def relative(rng: random.Random) -> tuple[str]:
    return (rng.choice(["orders", "?x=1", "#top", "../a", "example.org"]),)


def with_port(rng: random.Random) -> tuple[str]:
    return (f"https://example.org:{rng.randint(1, 9999)}/",)


BASE = FunctionBase(
    solves=safe_redirect,
    title="Redirect to own pages only",
    category="security_bugs",
    level="hard",
    description="""
        `safe_redirect(target)` returns the address to which a page sends its visitor: `target` unchanged if it leads
        to a page of ours, else "/". The target comes from strangers. Ours are paths that start with exactly one
        slash, and addresses with the scheme https whose host is exactly example.org or www.example.org, in lower
        case, without port and without user. Browsers read a backslash as a slash and ignore white space and line
        ends, so a target with a backslash, a tab or a line end anywhere, or with white space at its start or end,
        gives "/"; so does one that cannot be read.
    """,
    hints=(
        "Say what is allowed, and refuse all the rest. Looking for example.org in the text is not enough.",
        "Take the address apart with urllib.parse and compare its parts as wholes.",
        "Check //host, user@host, hosts that start or end alike, schemes other than https, and a path without a slash.",
    ),
    visible={
        "a path": ("/orders?id=7",),
        "our own address": ("https://example.org/a",),
        "another host": ("https://evil.test/",),
        "no scheme": ("//evil.test/",),
    },
    hidden={
        "a path of ours": own_path,
        "an address of ours": own_address,
        "other hosts": another_host,
        "hosts without a scheme": no_scheme,
        "a host that starts alike": host_that_starts_alike,
        "a host that ends alike": ("https://notexample.org/",),
        "a host below ours": ("https://a.example.org/",),
        "our host as a user": ("https://example.org@evil.test/",),
        "a user at our host": ("https://ann@example.org/",),
        "a script": script,
        "not encrypted": not_encrypted,
        "backslashes": backslashes,
        "control characters": control_characters,
        "spaces": spaces,
        "relative": relative,
        "with a port": with_port,
        "just a slash": ("/",),
        "a path with a backslash": ("/\\evil.test",),
        "an address with a backslash": ("https://example.org/\\evil.test",),
        "a path with a line end": ("/a\nb",),
        "a path with a tab": ("/\t/evil.test",),
        "a carriage return": ("/a\rb",),
        "a space at the end": ("/a ",),
        "our other host": ("https://www.example.org/",),
        "nothing": ("",),
        "cannot be read": ("https://[example.org/",),
        "a scheme without a host": ("https:/evil",),
    },
)
