"""What can be said about a source without running it: whether it parses, and what it binds at its top level.

Completions are hostile text, and they are read in the process that trains or evaluates. CPython's parser stops by
itself at most of what could hurt it, but not in every version, nor where a program has raised the recursion limit: an
expression of a hundred thousand operators is then deeper than the C stack. So the parser is given only what `is_tame`
finds bounded in nesting and in the operators of one statement, and only so much text, of a source and of a completion.
Whatever exceeds a bound is not known to parse. It may still be the answer, if no other block is a better one.
"""

import re
import symtable
import unicodedata
import warnings
from dataclasses import dataclass

MAX_CHARS = 256 * 1024
"""Of a source that is parsed: four times what a gateway accepts by default."""
BUDGET_CHARS = 4 * MAX_CHARS
"""Parsed for one completion, all candidates together."""
MAX_DEPTH = 60
"""Of brackets. CPython's tokenizer stops at 200."""
MAX_OPERATORS = 2_000
"""Of one statement, each of which may make its expression a level deeper."""
MAX_BRANCHES = 1_000
"""Of `elif` in a source, each of which is an `if` inside of the one before."""

_FILE = "<answer>"
_SILENT = ("ignore", None, Warning, re.compile(re.escape(_FILE)), 0)

# What stands in a source outside of names and numbers. Quotes are followed to their end by _STRINGS.
_TOKEN = re.compile(
    r"""(?P<quote>'''|\"\"\"|['"])|(?P<comment>\#[^\n]*)|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<line>(?<!\\)\n)"""
    r"""|(?P<branch>\belif\b)|(?P<operator>\*\*|//|[-+*/%@&|^~<>.=:]|\b(?:not|and|or|lambda|if|else|await|yield|in|is)\b)"""
)
_OPERATOR = re.compile(r"[-+*/%@&|^~<>.=:(\[{]|\b(?:not|and|or|lambda|if|else|await|yield|in|is)\b")
_STRINGS = {
    "'''": re.compile(r"(?:[^'\\]++|\\.|'(?!''))*+'''", re.DOTALL),
    '"""': re.compile(r'(?:[^"\\]++|\\.|"(?!""))*+"""', re.DOTALL),
    "'": re.compile(r"(?:[^'\\\n]++|\\.)*+'", re.DOTALL),
    '"': re.compile(r'(?:[^"\\\n]++|\\.)*+"', re.DOTALL),
}
_FORMATTED = re.compile(r"(?<![^\W_])(?:[ft]r?|r[ft])$", re.IGNORECASE)

_DEFINITION = re.compile(r"^(?:async[ \t]+)?def[ \t]+(\w+)[ \t]*[(\[]|^class[ \t]+(\w+)[ \t]*[:(\[]", re.MULTILINE)
_ASSIGNMENT = re.compile(r"^([^\W\d]\w*)[ \t]*(?::[^=\n]*)?=(?!=)", re.MULTILINE)
_IMPORT = re.compile(r"^(?:from[ \t]+[\w.]+[ \t]+)?import[ \t]+([\w., \t]+)", re.MULTILINE)
_IMPORTED = re.compile(r"(?:\w+[ \t]+as[ \t]+)?([^\W\d]\w*)")


@dataclass(frozen=True)
class Program:
    """What a source binds at its top level. defines: a function or class is among it."""

    names: frozenset[str]
    defines: bool

    def has(self, entry_name: str | None) -> bool:
        """Whether it binds the name; without one, whether it defines anything."""
        return entry_name in self.names if entry_name else self.defines


class Sources:
    """What is known of the candidates of one completion, each of them parsed once."""

    def __init__(self) -> None:
        self._left = BUDGET_CHARS
        self._known: dict[str, Program | None] = {}
        self._broken_at: dict[str, int] = {}

    def program(self, source: str) -> Program | None:
        """What the source binds; None if it does not parse, or is not known to."""
        if source not in self._known:
            self._known[source] = self._program(source)
        return self._known[source]

    def broken_at(self, source: str) -> int | None:
        """The line of its first syntax error, from 1; None if there is none or it is not known."""
        self.program(source)
        return self._broken_at.get(source)

    def _program(self, source: str) -> Program | None:
        if len(source) > min(MAX_CHARS, self._left):
            return None
        self._left -= len(source)
        try:
            return _parsed(source) if is_tame(source) else None
        except SyntaxError as error:
            self._broken_at[source] = error.lineno or 1
        # NUL, a lone surrogate, the parser's own bounds.
        except (ValueError, OverflowError, RecursionError, MemoryError):
            pass
        return None


def outline(source: str) -> Program:
    """What a source would bind, by its lines alone: of one that does not parse, or that nobody may parse."""
    defined = {match[1] or match[2] for match in _DEFINITION.finditer(source)}
    assigned = {match[1] for match in _ASSIGNMENT.finditer(source)}
    imported = {match[1] for line in _IMPORT.finditer(source) for match in _IMPORTED.finditer(line[1])}
    return Program(frozenset(map(_normal, defined | assigned | imported)), bool(defined))


def entry_name(entry_point: str | None) -> str | None:
    """The name that an entry point needs at the top level: `Solution` of `Solution().twoSum`. None if it names none."""
    match = re.match(r"\s*([^\W\d]\w*)", entry_point or "")
    return _normal(match[1]) if match else None


def _normal(name: str) -> str:
    """As the parser reads names; Python reference, section 2.3."""
    return unicodedata.normalize("NFKC", name)


def _parsed(source: str) -> Program:
    """Raises whatever the parser raises. The symbol table is asked, since it says what a module binds, in any way."""
    if _SILENT not in warnings.filters:  # a fix's own escapes and comparisons are nothing to tell the trainer
        warnings.filterwarnings("ignore", module=re.escape(_FILE))
    table = symtable.symtable(source, _FILE, "exec")
    bound = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    return Program(frozenset(bound), any(child.get_name() in bound for child in table.get_children()))


def is_tame(source: str) -> bool:
    """Whether the parser may be given it: nesting, operators of a statement and branches are bounded.

    Takes linear time. Where a string does not end, everything after it counts as if there were no strings.
    """
    depth = operators = branches = position = 0
    strings = True
    while match := _TOKEN.search(source, position):
        position = match.end()
        kind = match.lastgroup
        if kind == "quote" and strings:
            end = _STRINGS[match[0]].match(source, position)
            strings, position = end is not None, end.end() if end else position
            if end and _FORMATTED.search(source[max(match.start() - 3, 0) : match.start()]):
                operators += len(_OPERATOR.findall(end[0]))
        elif kind == "comment" and not strings:
            position = match.start() + 1
        elif kind == "line" and depth == 0:
            operators = 0
        depth = max(depth + (kind == "open") - (kind == "close"), 0)
        operators += kind in ("open", "operator")
        branches += kind == "branch"
        if depth > MAX_DEPTH or operators > MAX_OPERATORS or branches > MAX_BRANCHES:
            return False
    return True
