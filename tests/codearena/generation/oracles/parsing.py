"""Oracles of the bases on parsing."""

import ast
import re
from urllib.parse import parse_qs


def evaluate(text: str) -> int:
    """What Python makes of it, after the signs that Python would take in another way have been looked for."""
    if not re.fullmatch(r"[0-9+*()\s-]*", text) or "**" in re.sub(r"\s", "", text):
        raise ValueError
    if re.search(r"(^|[(+*-])\s*\+", text) or re.search(r"\(\s*\)", text) or re.search(r"[0-9)]\s*\(", text):
        raise ValueError
    try:
        tree = ast.parse(re.sub(r"\b0+(?=[0-9])", "", re.sub(r"\s*\n\s*", " ", text)).strip(), mode="eval")
        return int(eval(compile(tree, "text", "eval"), {}))
    except SyntaxError as error:
        raise ValueError from error


def first_mismatch(text: str) -> int:
    """Pairs with nothing but other characters inside are taken out until none is left."""
    marked = [(at, character) for at, character in enumerate(text) if character in "()[]{}"]
    changed = True
    while changed:
        changed = False
        for at in range(len(marked) - 1):
            if marked[at][1] + marked[at + 1][1] in ("()", "[]", "{}"):
                del marked[at : at + 2]
                changed = True
                break
    closing = [at for at, character in marked if character in ")]}"]
    return closing[0] if closing else (marked[0][0] if marked else -1)


def expand_pages(text: str) -> list[int]:
    pages: list[int] = []
    for part in [part.strip() for part in text.split(",")] if text.strip() else []:
        found = re.fullmatch(r"0*([1-9][0-9]*)(?:-0*([1-9][0-9]*))?", part)
        if not found or int(found[2] or found[1]) < int(found[1]):
            raise ValueError
        pages += range(int(found[1]), int(found[2] or found[1]) + 1)
    return sorted(set(pages))


def parse_query(query: str) -> dict[str, list[str]]:
    return parse_qs(query, keep_blank_values=True, encoding="utf-8", errors="replace")


def reverse_polish(stdin: str) -> str:
    """Each operator between two numbers is done in place, the first one first."""
    answers = []
    for line in stdin.splitlines():
        words: list[str | int] = [word if word in "+-*/" else int(word) for word in line.split()]
        while len(words) >= 3:
            at = next((k for k, word in enumerate(words) if isinstance(word, str)), 0)
            if at < 2 or (words[at] == "/" and words[at - 1] == 0):
                break
            left, right = words[at - 2 : at]
            assert isinstance(left, int) and isinstance(right, int)
            value = {"+": left + right, "-": left - right, "*": left * right}.get(str(words[at]))
            words[at - 2 : at + 1] = [left // right if value is None else value]
        answers.append(str(words[0]) if len(words) == 1 and isinstance(words[0], int) else "error")
    return "\n".join(answers)


def settings_file(stdin: str) -> str:
    found, section = dict[str, str](), None
    for number, line in enumerate(stdin.split("\n")[: len(stdin.splitlines())], 1):
        text = re.sub("#.*", "", line).strip()
        if match := re.fullmatch(r"\[(.*)\]", text):
            section = match[1].strip()
        elif match := re.fullmatch(r"([^=]*)=(.*)", text):
            found[match[1].strip() if section is None else f"{section}.{match[1].strip()}"] = match[2].strip()
        elif text:
            return f"error in line {number}\n"
    return "".join(f"{name}={value}\n" for name, value in sorted(found.items()))
