"""A comment of a stranger as a part of a page."""

import html
import random

from codearena.generation.base import FunctionBase


def render_comment(author: str, text: str) -> str:
    """Return the comment as HTML in which nothing of author and text is markup."""
    lines = "<br>".join(html.escape(line) for line in text.splitlines())
    return f'<p title="{html.escape(author)}">{lines}</p>'


def plain(rng: random.Random) -> tuple[str, str]:
    return rng.choice(["ann", "bob"]), f"comment number {rng.randint(1, 99)}"


def script(rng: random.Random) -> tuple[str, str]:
    return "ann", f"<script>alert({rng.randint(1, 99)})</script>"


def handler_in_author(rng: random.Random) -> tuple[str, str]:
    return f'x" onmouseover="alert({rng.randint(1, 9)})', "hi"


def single_quotes(rng: random.Random) -> tuple[str, str]:
    return f"' onclick='f({rng.randint(1, 9)})", "it's"


def markup_in_author(rng: random.Random) -> tuple[str, str]:
    return f'"><img src=x onerror=f({rng.randint(1, 9)})>', "hi"


def ampersands(rng: random.Random) -> tuple[str, str]:
    return "a & b", f"&lt;b&gt; & &#{rng.randint(60, 70)};"


def lines(rng: random.Random) -> tuple[str, str]:
    return "ann", f"one\n\ntwo {rng.randint(1, 9)}\r\nthree"


def markup_in_lines(rng: random.Random) -> tuple[str, str]:
    return "ann", f"<b>\n</b>{rng.randint(1, 9)}<br>"


def unicode(rng: random.Random) -> tuple[str, str]:
    return "Zoë", f"čaj 🙂 {rng.randint(1, 9)}"


def many(rng: random.Random) -> tuple[str, str]:
    return "ann", "".join(rng.choice("ab<>&\"'\n ") for _ in range(300))


BASE = FunctionBase(
    solves=render_comment,
    title="Render a comment",
    category="security_bugs",
    level="easy",
    description="""
        `render_comment(author, text)` returns a comment as HTML: <p title="AUTHOR">TEXT</p>. Author and text come
        from strangers, and nothing in them may become markup: in both, & < > " and ' are written as &amp; &lt; &gt;
        &quot; and &#x27;, and each just once. The lines of the text, as `str.splitlines` has them, are joined by
        <br>. An empty text gives an empty paragraph.
    """,
    hints=(
        "What does a browser do with <script> in a comment, and with a quote in the name?",
        "The standard library's module html escapes all five characters.",
        "Escape before you add markup of your own, in both places, and no text twice.",
    ),
    visible={
        "a comment": ("ann", "hello"),
        "markup": ("ann", "<b>bold</b>"),
        "two lines": ("ann", "one\ntwo"),
        "a quote in the name": ('a"b', "hi"),
    },
    hidden={
        "plain": plain,
        "a script": script,
        "a handler in the name": handler_in_author,
        "single quotes": single_quotes,
        "markup in the name": markup_in_author,
        "ampersands": ampersands,
        "lines of all kinds": lines,
        "markup in lines": markup_in_lines,
        "nothing": ("", ""),
        "a new line at the end": ("ann", "end\n"),
        "beyond ASCII": unicode,
        "many signs": many,
    },
)
