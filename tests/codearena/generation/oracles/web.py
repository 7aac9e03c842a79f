"""Oracles of the bases on the web."""

import re


def render_comment(author: str, text: str) -> str:
    def escaped(part: str) -> str:
        names = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"}
        return "".join(names.get(character, character) for character in part)

    return f'<p title="{escaped(author)}">' + "<br>".join(map(escaped, text.splitlines())) + "</p>"


def safe_redirect(target: str) -> str:
    path = r"/(?!/)[^\\\t\r\n]*"
    address = r"[hH][tT][tT][pP][sS]://(www\.)?example\.org([/?#][^\\\t\r\n]*)?"
    return target if re.fullmatch(f"{path}|{address}", target) and target == target.strip() else "/"


def log_line(user: str, action: str) -> str:
    def clean(text: str) -> str:
        parts = re.split("([0-9]+)", text)
        parts[1::2] = ["*" * 12 + digits[12:] if len(digits) == 16 else digits for digits in parts[1::2]]
        return "".join(c if c.isprintable() else "\\u" + hex(ord(c))[2:].zfill(4) for c in "".join(parts))

    return f"user={clean(user)} action={clean(action)}"
