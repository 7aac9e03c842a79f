"""When two sources are the same: the one definition, wherever it is asked whether a fix is new.

The identity of a source is the hash of its syntax tree without what has no effect on what it does:

    positions, comments, white space, the brackets and quotes that a value is written with
    statements that do nothing: documentation texts, other constants, `pass`
    annotations of parameters, of results, and of variables inside functions

Names, the order of things and imports that are not used are part of it. So are documentation texts where the source
names `__doc__` or what reads it, and annotations of functions where it names what reads those: there they are data.
Annotations in classes and at the top always are, since a data class is made of them. What is nested too deeply for a
tree goes by its tokens, and what does not compile by its text: gateway/attempt/proposal.py.
"""

import ast
import io
import tokenize
from collections.abc import Iterator, Sequence
from hashlib import sha256

_READ_TEXTS = {"__doc__", "getdoc", "doctest"}
_READ_ANNOTATIONS = {"__annotations__", "get_type_hints", "get_annotations", "signature", "getfullargspec"}
_READ_ANNOTATIONS |= {"singledispatch", "singledispatchmethod", "inspect"}
_LEFT_OUT = ("ctx", "kind", "type_comment", "type_ignores")
"""Fields that follow from the place, or that tell u"" from "", or that are comments."""
_SKIPPED_TOKENS = (tokenize.COMMENT, tokenize.NL, tokenize.ENCODING)
_BLANK_TOKENS = (tokenize.INDENT, tokenize.NEWLINE)

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def of_tree(tree: ast.Module) -> tuple[str, int]:
    """SHA-256, hex, and how many nodes the tree has.

    Walks with a stack of its own, since ``ast.dump`` recurses, and cannot print integers of many thousand digits.
    """
    shape, digest = _Shape(tree), sha256()
    pending: list[object] = [tree]
    while pending:
        item = pending.pop()
        if isinstance(item, ast.AST):
            digest.update(f"({shape.kind(item)}".encode())
            pending.append(")")
            pending.extend(shape.fields(item))
        elif isinstance(item, list):
            digest.update(f"[{len(item)}".encode())
            pending.extend(reversed(item))
        else:
            digest.update(_atom(item))
    return digest.hexdigest(), shape.nodes


class _Shape:
    """What of a tree counts."""

    def __init__(self, tree: ast.Module) -> None:
        self.nodes = 0
        names: set[str] = set()
        self._local: set[ast.AST] = set()  # annotated assignments in functions
        pending: list[tuple[ast.AST, bool]] = [(tree, False)]
        while pending:
            node, in_function = pending.pop()
            self.nodes += 1
            names.update(_names(node))
            if in_function and isinstance(node, ast.AnnAssign) and node.value is not None:
                self._local.add(node)
            inside = isinstance(node, _Function) or (in_function and not isinstance(node, ast.ClassDef))
            pending.extend((child, inside) for child in ast.iter_child_nodes(node))
        self._texts = not names.isdisjoint(_READ_TEXTS)
        self._annotations = not names.isdisjoint(_READ_ANNOTATIONS)

    def kind(self, node: ast.AST) -> str:
        """Of an assignment whose annotation does not count, that of one without."""
        return "Assign" if isinstance(node, ast.AnnAssign) and self._is_plain(node) else type(node).__name__

    def _is_plain(self, node: ast.AnnAssign) -> bool:
        return node in self._local and not self._annotations

    def fields(self, node: ast.AST) -> Iterator[object]:
        """The node's children that count, last first."""
        if isinstance(node, ast.AnnAssign) and self._is_plain(node):
            yield from (node.value, [node.target])
            return
        for name in reversed(node._fields):
            if name in _LEFT_OUT or (name in ("annotation", "returns") and self._is_idle(node)):
                continue
            value = getattr(node, name, None)
            yield self._statements(node, value) if name in ("body", "orelse", "finalbody") else value

    def _is_idle(self, node: ast.AST) -> bool:
        return isinstance(node, ast.arg | _Function) and not self._annotations

    def _statements(self, node: ast.AST, body: object) -> object:
        """Those that do something. The body of a lambda or of a conditional expression is none."""
        if not isinstance(body, list):
            return body
        documented = isinstance(node, ast.Module | ast.ClassDef | _Function) and self._texts
        return [each for at, each in enumerate(body) if not _does_nothing(each) or (documented and at == 0)]


def _names(node: ast.AST) -> Iterator[str]:
    """What the node names, also by the text that a lookup may be made with."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str) and len(node.value) < 50:
            yield node.value
        return
    for field in ("id", "attr", "name", "module"):
        name = getattr(node, field, None)
        if isinstance(name, str):
            yield from name.split(".")


def _does_nothing(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant)
    return isinstance(statement, ast.Pass)


def _atom(value: object) -> bytes:
    text = hex(value) if type(value) is int else repr(value)
    return f"{type(value).__name__} {text}\0".encode("utf-8", "backslashreplace")


def of_tokens(source: bytes) -> str:
    """SHA-256 over the tokens without comments, blank lines and lines that are a text alone, hex."""
    digest = sha256(b"tokens")
    line: list[tokenize.TokenInfo] = []
    try:
        for token in tokenize.tokenize(io.BytesIO(source).readline):
            if token.type in _SKIPPED_TOKENS:
                continue
            line.append(token)
            if token.type in (tokenize.NEWLINE, tokenize.ENDMARKER):
                digest.update(_of_line(line))
                line = []
    except (tokenize.TokenError, SyntaxError, LookupError):
        # The tokenizer written in Python is stricter in corners than the compiler that accepted this.
        digest.update(source)
    return digest.hexdigest()


def _of_line(tokens: Sequence[tokenize.TokenInfo]) -> bytes:
    said = [token for token in tokens if token.type not in (*_BLANK_TOKENS, tokenize.DEDENT)]
    is_text = bool(said) and all(token.type == tokenize.STRING for token in said)
    kept = [token for token in tokens if not is_text or token.type in (tokenize.INDENT, tokenize.DEDENT)]
    texts = ("" if token.type in _BLANK_TOKENS else token.string for token in kept)
    parts = (f"{token.type} {text}\0" for token, text in zip(kept, texts, strict=True))
    return "".join(parts).encode("utf-8", "backslashreplace")
