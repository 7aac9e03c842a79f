"""What the model is shown of a source: its code, without the places where text for a reader could hide.

Comments, docstrings and strings that stand alone are gone, long or instruction-like strings are elided, identifiers
that read as instructions are renamed, and everything beyond ASCII is escaped. Runs in workers only.
"""

import ast
import re

from judge_service.analysers.source import decode

SHORT_CHARACTERS = 40
SHORT_WORDS = 4
NAME_CHARACTERS = 40
NAME_WORDS = 5
_INSTRUCTION = re.compile(
    r"(?i)ignore|disregard|instruct|system|assistant|prompt|verdict|score|rate|grade|judge|rubric|evaluat|correctness"
    r"|security|quality|perfect|must|override|respond|answer|output|json|true|pass|</?\w+>|[{}]"
)
_READS_AS_ONE = re.compile(
    r"(?i)ignore|disregard|instruct|assistant|prompt|verdict|judge|rubric|override|perfect|all_true"
)


def analyse(source: bytes) -> dict[str, object]:
    """{"text": normalised source in ASCII, "flags": what the attempt tried, of the words `injection`}."""
    text = decode(source)
    normaliser = _Normaliser()
    tree = ast.fix_missing_locations(normaliser.visit(ast.parse(text)))
    tried = normaliser.tried or _tries(" ".join(_comments(text)))
    shown = ast.unparse(tree).encode("ascii", "backslashreplace").decode()
    return {"text": shown, "flags": ["injection"] if tried else []}


def _comments(text: str) -> list[str]:
    """A separator or form feed ends no line, and so does not end a comment either."""
    return [line.partition("#")[2] for line in text.split("\n") if "#" in line]


_ORDER = re.compile(
    r"(?i)\b(ignore|disregard|override|forget|you (are|must|should)|respond|output|set|give|rates?|mark|final|perfect"
    r"|my|over|all checks|true)\b"
)
_SUBJECT = re.compile(
    r"(?i)\b(instructions?|verdict|score|grad(e|ing)|judge|rubric|reviewer|evaluat(or|ion)|assistant|prompt)\b"
)
_VERDICT = re.compile(r"(?is)correctness.*security.*quality")


def _tries(text: str) -> bool:
    """Whether a text reads as if it were written for a judge: an order about judging, or a verdict."""
    return bool((_ORDER.search(text) and _SUBJECT.search(text)) or _VERDICT.search(text))


class _Normaliser(ast.NodeTransformer):
    def __init__(self) -> None:
        self.tried = False
        self._names: dict[str, str] = {}

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        """A string that stands alone is a docstring or a comment."""
        if isinstance(node.value, ast.Constant | ast.JoinedStr):
            self.generic_visit(node)
            return ast.Pass()
        return self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if isinstance(node.value, str | bytes):
            text = node.value if isinstance(node.value, str) else node.value.decode("latin-1")
            self.tried = self.tried or _tries(text)
            if _elided(text):
                return ast.Constant(f"<{len(text)} characters>")
        return node

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for field in ("id", "arg", "name", "attr", "asname", "module", "rest"):
            value = getattr(node, field, None)
            if isinstance(value, str):
                setattr(node, field, self._name(value))
        for field in ("names", "kwd_attrs"):
            values = getattr(node, field, None)
            if isinstance(values, list) and all(isinstance(value, str) for value in values):
                setattr(node, field, [self._name(value) for value in values])
        return super().generic_visit(node)

    def _name(self, name: str) -> str:
        self.tried = self.tried or _tries(name.replace("_", " "))
        suspicious = not name.isascii() or len(name) > NAME_CHARACTERS or name.count("_") >= NAME_WORDS
        if not suspicious and not _READS_AS_ONE.search(name):
            return name
        return self._names.setdefault(name, f"name_{len(self._names) + 1}")


def _elided(text: str) -> bool:
    """Long ones, those of several words, and those with a word that a judge could take for an instruction."""
    if len(text) > SHORT_CHARACTERS or not text.isascii() or not text.isprintable():
        return True
    return len(text.split()) > SHORT_WORDS or bool(_INSTRUCTION.search(text))
