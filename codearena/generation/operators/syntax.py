"""Damage to the syntax: what is left out, misspelt or put in the wrong column while typing."""

import ast
import keyword
import tokenize
from collections.abc import Iterator

from codearena.generation.operators.operator import Kind, Operator, Site, site
from codearena.generation.operators.source import Change, Source

_CLOSING = {")": "]", "]": ")", "}": ")"}
_MISSPELT = {
    "return": "retrun",
    "while": "whlie",
    "else": "esle",
    "elif": "elsif",
    "def": "define",
    "for": "fro",
    "in": "on",
    "not": "nto",
    "import": "improt",
    "lambda": "lamda",
    "class": "clas",
    "except": "exept",
    "yield": "yeild",
    "and": "&&",
    "or": "||",
}


def _span(source: Source, token: tokenize.TokenInfo) -> tuple[int, int]:
    return source.offset(token.start), source.offset(token.end)


def _broken(source: Source, *changes: Change) -> Site:
    """A site of those changes that leave a text that no longer parses."""
    return site(*(change for change in changes if not _parses(source, change)))


def _parses(source: Source, change: Change) -> bool:
    text = source.data[: change.start] + change.text.encode() + source.data[change.end :]
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return False
    return True


def _colon(source: Source) -> Iterator[Site]:
    """The one that opens a block."""
    for token, after in zip(source.tokens, source.tokens[1:], strict=False):
        if token.string == ":" and after.type in (tokenize.NEWLINE, tokenize.COMMENT):
            yield _broken(source, Change(*_span(source, token), ""))


def _bracket_dropped(source: Source) -> Iterator[Site]:
    for token in source.tokens:
        if token.type == tokenize.OP and token.string in _CLOSING:
            yield _broken(source, Change(*_span(source, token), ""))


def _bracket_mixed(source: Source) -> Iterator[Site]:
    for token in source.tokens:
        if token.type == tokenize.OP and token.string in _CLOSING:
            yield _broken(source, Change(*_span(source, token), _CLOSING[token.string]))


def _indent(source: Source) -> Iterator[Site]:
    """A line in a column of its own, or with the block it should be in left."""
    for statement in source.walk(ast.stmt):
        lines = source.whole_lines(statement)
        column = len(source.indent(statement))
        if lines is None or not column or not isinstance(statement, ast.Assign | ast.Expr | ast.Return | ast.AugAssign):
            continue
        start = lines[0]
        yield _broken(source, Change(start, start, " "), Change(start, start + min(2, column), ""))


def _keyword(source: Source) -> Iterator[Site]:
    for token in source.tokens:
        if token.type == tokenize.NAME and keyword.iskeyword(token.string) and (other := _MISSPELT.get(token.string)):
            yield _broken(source, Change(*_span(source, token), other))


def _quote(source: Source) -> Iterator[Site]:
    for token in source.tokens:
        if token.type == tokenize.STRING and not token.string.endswith(('"""', "'''")):
            start, end = _span(source, token)
            yield _broken(source, Change(end - 1, end, ""), Change(start, start + 1, ""))


def _assignment(source: Source) -> Iterator[Site]:
    """`if x = 1:`."""
    for token in source.tokens:
        if token.type == tokenize.OP and token.string == "==":
            yield _broken(source, Change(*_span(source, token), "="))


def _comma(source: Source) -> Iterator[Site]:
    for token in source.tokens:
        if token.type == tokenize.OP and token.string == ",":
            yield _broken(source, Change(*_span(source, token), ""))


def _operator_doubled(source: Source) -> Iterator[Site]:
    """`x => 1`."""
    for token in source.tokens:
        if token.type == tokenize.OP and token.string in (">=", "<=", "!="):
            yield _broken(source, Change(*_span(source, token), token.string[::-1]))


OPERATORS = (
    Operator("colon-dropped", Kind.SYNTAX, "does not open a block", _colon),
    Operator("bracket-dropped", Kind.SYNTAX, "leaves a bracket open", _bracket_dropped),
    Operator("bracket-mixed", Kind.SYNTAX, "closes a bracket with another", _bracket_mixed),
    Operator("indent-broken", Kind.SYNTAX, "has a line in the wrong column", _indent),
    Operator("keyword-misspelt", Kind.SYNTAX, "has a word that Python does not know", _keyword),
    Operator("quote-dropped", Kind.SYNTAX, "leaves a text open", _quote),
    Operator("assignment-for-equality", Kind.SYNTAX, "assigns where it has to compare", _assignment),
    Operator("comma-dropped", Kind.SYNTAX, "does not separate two values", _comma),
    Operator("operator-reversed", Kind.SYNTAX, "writes an operator backwards", _operator_doubled),
)
