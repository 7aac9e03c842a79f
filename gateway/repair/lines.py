"""Changes of single lines that make broken Python parse: what people and models get wrong most."""

import difflib
import keyword
import re
from collections.abc import Iterator

_BLOCK = re.compile(r"^\s*(def|class|if|elif|else|for|while|try|except|finally|with|match|case|async)\b")
_OPEN, _CLOSE = "([{", ")]}"
_PAIR = dict(zip(_CLOSE, _OPEN, strict=True)) | dict(zip(_OPEN, _CLOSE, strict=True))
_FOREIGN = {"function": "def", "func": "def", "fn": "def", "elseif": "elif", "elsif": "elif", "catch": "except"}
_FOREIGN |= {"foreach": "for", "null": "None", "nil": "None", "true": "True", "false": "False", "throw": "raise"}
_FOREIGN |= {"retrun": "return", "unless": "if not", "until": "while not", "define": "def", "var": "", "let": ""}
_FOREIGN |= {"const": "", "then": ""}
_WORDS = [*keyword.kwlist, "print"]
_SIGNS = (
    ("&&", " and "),
    ("||", " or "),
    ("===", "=="),
    ("!==", "!="),
    ("<>", "!="),
    ("=<", "<="),
    ("=>", ">="),
    ("::", ":"),
    (";", ""),
    ("else if", "elif"),
    ("--", "- "),
    ("=!", "!="),
    ("->", ":"),
    ("..", "."),
    (",,", ","),
)
_TYPOGRAPHY = str.maketrans(
    # Typographic quotes, full-width punctuation, the space that does not break: what word processors make of code.
    {"\u201c": '"', "\u201d": '"', "\u2018": "'", "\u2019": "'", "\uff08": "(", "\uff09": ")", "\uff1a": ":"}
    | {"\uff0c": ",", "\u00a0": " "}
)
_Change = tuple[list[str], str]


def of_the_whole(text: str) -> list[tuple[str, str]]:
    """Changes of all lines at once."""
    changes = [
        (text.expandtabs(4), "tabs are four spaces"),
        (text.translate(_TYPOGRAPHY), "plain quotes, brackets and spaces"),
        ("".join(letter for letter in text if letter.isprintable() or letter in "\n\t"), "no invisible signs"),
        (re.sub(r"(?m)^\s*(```|~~~).*$", "", text), "no fences"),
        (re.sub(r"(?m)^(>>> |\.\.\. )", "", text), "no prompts"),
    ]
    if text.count('"""') % 2:
        changes.append((text.rstrip() + '\n"""\n', "the last docstring ends"))
    return [(changed, note) for changed, note in changes if changed != text]


def of_a_line(lines: list[str], place: int) -> Iterator[_Change]:
    """Lines with one of them changed, and what was done. place: of that line, from 0."""
    line = lines[place]
    if not line.strip():
        return
    code, comment = _split_comment(line)
    for changed, note in _of_code(code):
        if changed != code:
            yield [*lines[:place], changed + comment, *lines[place + 1 :]], note
    yield from _indents(lines, place)


def _split_comment(line: str) -> tuple[str, str]:
    """Code and comment of a line, the white space between them with the comment."""
    quote = ""
    for position, letter in enumerate(line):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        elif letter == "#":
            code = line[:position].rstrip()
            return code, line[len(code) :]
    code = line.rstrip()
    return code, line[len(code) :]


def _of_code(code: str) -> Iterator[tuple[str, str]]:
    yield from _colons(code)
    yield from _brackets(code)
    yield from _quotes(code)
    yield from _words(code)
    yield from _signs(code)
    yield from _separators(code)


def _colons(code: str) -> Iterator[tuple[str, str]]:
    if _BLOCK.match(code) and not code.endswith(":"):
        yield code + ":", "a colon ends the line that opens a block"
        yield code[:-1].rstrip() + ":", "a colon in place of the last sign"
        closed = _closed(code)
        if closed != code:
            yield closed + ":", "closed brackets and a colon"
    elif code.endswith(":"):
        yield code[:-1], "no colon"


def _closed(code: str) -> str:
    """With what is open closed at the end."""
    stack: list[str] = []
    for letter in code:
        if letter in _OPEN:
            stack.append(letter)
        elif letter in _CLOSE and stack and stack[-1] == _PAIR[letter]:
            stack.pop()
    return code + "".join(_PAIR[letter] for letter in reversed(stack))


def _brackets(code: str) -> Iterator[tuple[str, str]]:
    body, end = (code[:-1], ":") if code.endswith(":") else (code, "")
    if (closed := _closed(body)) != body:
        yield closed + end, "closes what is open"
        missing = closed[len(body) :]
        for match in re.finditer(r"[\w\])\"'](?=\s*([,:+\-*/%<>=!]|\b(for|if|in|and|or|else)\b))", body):
            place = match.end()
            yield body[:place] + missing + body[place:] + end, "closes what is open"
    for position, letter in enumerate(code):
        if letter in _CLOSE:
            yield code[:position] + code[position + 1 :], "one bracket less"
            for other in _CLOSE.replace(letter, ""):
                yield code[:position] + other + code[position + 1 :], f"{other} in place of {letter}"
        elif letter in _OPEN:
            yield code[:position] + code[position + 1 :], "one bracket less"
    for letter in _CLOSE:
        if code.count(letter) > code.count(_PAIR[letter]):
            starts = re.search(r"(=|return|in|,)\s*", code)
            place = starts.end() if starts else len(code) - len(code.lstrip())
            yield code[:place] + _PAIR[letter] + code[place:], "opens what is closed"


def _quotes(code: str) -> Iterator[tuple[str, str]]:
    for quote in "\"'":
        if code.count(quote) % 2:
            yield code + quote, "closes the string"
            for position in range(len(code) - 1, -1, -1):
                if code[position] in ")],:}":
                    yield code[:position] + quote + code[position:], "closes the string"
    yield code.replace('"', "'", 1), "the quotes agree"
    yield code.replace("'", '"', 1), "the quotes agree"


def _words(code: str) -> Iterator[tuple[str, str]]:
    for match in re.finditer(r"[A-Za-z_]+", code):
        word = match[0]
        if word in _WORDS:
            continue
        better = [_FOREIGN[word]] if word in _FOREIGN else []
        better += difflib.get_close_matches(word, _WORDS, n=2, cutoff=0.65)
        if word.lower() in _WORDS or word.capitalize() in _WORDS:
            better.insert(0, word.lower() if word.lower() in _WORDS else word.capitalize())
        for other in dict.fromkeys(better):
            yield code[: match.start()] + other + code[match.end() :], f"{other or 'nothing'} in place of {word}"
    for known in ("def", "return", "for", "if", "while", "not", "in"):
        joined = re.sub(rf"^(\s*){known}(?=[A-Za-z_])", rf"\g<1>{known} ", code)
        yield joined, f"a space after {known}"


def _signs(code: str) -> Iterator[tuple[str, str]]:
    for wrong, right in _SIGNS:
        yield code.replace(wrong, right), f"{right.strip() or 'nothing'} in place of {wrong}"
    if re.match(r"\s*(if|elif|while)\b", code):
        yield re.sub(r"(?<![=!<>:])=(?!=)", "==", code), "a comparison is =="
    yield re.sub(r"(\w+)\s*\+\+", r"\1 += 1", code), "+= 1 in place of ++"
    yield re.sub(r"(\w+)\s*--", r"\1 -= 1", code), "-= 1 in place of --"
    yield re.sub(r"!(?!=)\s*", "not ", code), "not in place of !"
    yield re.sub(r"^(\s*)print\s+(.+)$", r"\1print(\2)", code), "print is a function"
    yield re.sub(r"^(\s*)raise\s+(\w+)\s*,\s*(.+)$", r"\1raise \2(\3)", code), "raises with an argument"
    yield re.sub(r"^(\s*)except\s+(\w+)\s*,\s*(\w+)", r"\1except \2 as \3", code), "except ... as ..."
    yield re.sub(r"^(\s*)def\s+(\w+)\s*:", r"\1def \2():", code), "a function has parameters"
    yield re.sub(r"\{\s*$", ":", code), "a colon in place of a brace"
    yield re.sub(r"^(\s*)\}\s*", r"\1", code), "no brace"
    yield re.sub(r"(\d)\s*([A-Za-z_(])", r"\1 * \2", code), "a product has a sign"
    yield re.sub(r"^(\s*)for\s+(\w+)\s+(of|on|from|=)\s+", r"\1for \2 in ", code), "for ... in ..."
    yield re.sub(r"^(\s*)for\s+(\w+)\s+(?!in\b)(\w)", r"\1for \2 in \3", code), "for ... in ..."


def _separators(code: str) -> Iterator[tuple[str, str]]:
    for match in list(re.finditer(r"(?<=[\w\"'\])}])(\s+)(?=[\w\"'\[({])", code))[:8]:
        yield code[: match.start()] + "," + code[match.start() :], "a comma between values"
        yield code[: match.start()] + " =" + code[match.start() :], "a value is assigned with ="
    for sign in ("+", "-", "*", "=", ",", "."):
        if code.rstrip().endswith(sign):
            yield code.rstrip()[:-1].rstrip(), "nothing hangs at the end"


def _indents(lines: list[str], place: int) -> Iterator[_Change]:
    line = lines[place]
    own = len(line) - len(line.lstrip())
    before = next((each for each in reversed(lines[:place]) if each.strip()), "")
    width = len(before) - len(before.lstrip())
    opened = before.rstrip().endswith(":")
    wanted = [width + 4] if opened else [width]
    levels = {len(each) - len(each.lstrip()) for each in lines[:place] if each.strip()}
    wanted += sorted(levels | {own + 4, max(0, own - 4)}, key=lambda level: abs(level - own))
    for level in dict.fromkeys(wanted):
        if level == own:
            continue
        note = f"indented by {level}"
        yield [*lines[:place], " " * level + line.lstrip(), *lines[place + 1 :]], note
        end = place + 1
        while end < len(lines) and (not lines[end].strip() or len(lines[end]) - len(lines[end].lstrip()) >= own):
            end += 1
        if end > place + 1:
            moved = [
                " " * max(0, len(each) - len(each.lstrip()) + level - own) + each.lstrip() for each in lines[place:end]
            ]
            yield [*lines[:place], *moved, *lines[end:]], f"{note}, with what follows"
    if opened:
        yield [*lines[:place], " " * (width + 4) + "pass", *lines[place:]], "the block before has a body"
    if line.rstrip().endswith(":"):
        yield [*lines[: place + 1], " " * (own + 4) + "pass", *lines[place + 1 :]], "the block has a body"
