"""Holes: input that is run as code, joined into commands and queries, or trusted with paths and secrets."""

import ast
import re
from collections.abc import Iterator

from codearena.generation.operators.operator import Kind, Operator, Site, site
from codearena.generation.operators.source import Change, Source, dotted, is_call

_PARSERS = ("ast.literal_eval", "literal_eval", "json.loads")
_RUNNERS = ("subprocess.run", "subprocess.check_output", "subprocess.call", "subprocess.Popen", "subprocess.check_call")
_ENVIRONMENT = ("os.environ.get", "os.getenv")
_WEAK = {"sha256": "md5", "sha512": "sha1", "sha384": "sha1", "sha3_256": "md5", "blake2b": "md5", "scrypt": "md5"}
_ESCAPES = ("html.escape", "escape", "shlex.quote", "quote", "urllib.parse.quote", "re.escape")
_PATH_WORDS = re.compile(r"\b(resolve|is_relative_to|commonpath|realpath|abspath|relative_to|is_absolute|isabs)\b|\.\.")
_RANDOM = {
    "secrets.token_hex": "random.getrandbits",
    "secrets.choice": "random.choice",
    "secrets.randbelow": "random.randrange",
}


def _eval(source: Source) -> Iterator[Site]:
    for call in source.walk(ast.Call):
        parses = is_call(call, *_PARSERS) or (is_call(call, "int", "float") and _is_name(call.args))
        if len(call.args) == 1 and not call.keywords and parses:
            yield site(source.replaced(call.func, "eval"))


def _is_name(arguments: list[ast.expr]) -> bool:
    return len(arguments) == 1 and isinstance(arguments[0], ast.Name)


def _shell(source: Source) -> Iterator[Site]:
    """A list of arguments -> one line of text for a shell."""
    for call in source.walk(ast.Call):
        if not is_call(call, *_RUNNERS) or not call.args or _keyword(call, "shell"):
            continue
        command, end = call.args[0], source.span(call)[1]
        joined = source.replaced(command, f'" ".join({source.code(command)})')
        yield site((joined, Change(end - 1, end - 1, _another(source, call, "shell=True"))))


def _keyword(call: ast.Call, name: str) -> ast.keyword | None:
    return next((keyword for keyword in call.keywords if keyword.arg == name), None)


def _another(source: Source, call: ast.Call, written: str) -> str:
    """One more argument, at the end of a call."""
    before = source.data[: source.span(call)[1] - 1].rstrip()
    return f" {written}" if before.endswith(b",") else f", {written}"


def _sql(source: Source) -> Iterator[Site]:
    """`execute("... ?", (x,))` -> the values written into the text, be it there or in a variable of its own."""
    for call in source.walk(ast.Call):
        if not (isinstance(call.func, ast.Attribute) and call.func.attr == "execute" and len(call.args) == 2):
            continue
        query, values = call.args
        text = _text_of(source, query)
        if text is None or not isinstance(values, ast.Tuple | ast.List):
            continue
        written = _filled(source, text, values)
        if written is not None:
            yield site((source.replaced(text, written), Change(source.span(query)[1], source.span(values)[1], "")))


def _text_of(source: Source, query: ast.expr) -> ast.Constant | None:
    """The text itself, or the only one that the variable ever has."""
    if isinstance(query, ast.Name):
        stored = [
            node.value
            for node in ast.walk(source.scope(query))
            if isinstance(node, ast.Assign) and dotted(node.targets[0]) == query.id
        ]
        query = stored[0] if len(stored) == 1 else query
    return query if isinstance(query, ast.Constant) and isinstance(query.value, str) else None


def _filled(source: Source, text: ast.Constant, values: ast.Tuple | ast.List) -> str | None:
    """An f-string with the values in the place of the question marks; None if they do not fit."""
    pieces = str(text.value).replace("{", "{{").replace("}", "}}").split("?")
    if len(pieces) != len(values.elts) + 1 or not values.elts:
        return None
    inner = [source.code(value) for value in values.elts]
    if any(character in each for each in inner for character in "\"'\\"):
        return None
    filled = pieces[0] + "".join(f"'{{{each}}}'{piece}" for each, piece in zip(inner, pieces[1:], strict=True))
    written = filled.replace("\\", "\\\\")
    return f'f"""{written}"""' if "\n" in written or '"' in written else f'f"{written}"'


def _path(source: Source) -> Iterator[Site]:
    """The check that a path stays in its folder, left out."""
    for node in source.walk(ast.If):
        refuses = len(node.body) == 1 and isinstance(node.body[0], ast.Raise | ast.Return)
        if refuses and not node.orelse and _PATH_WORDS.search(source.code(node.test)):
            yield site(source.deleted(node))
    for call in source.walk(ast.Call):
        if isinstance(call.func, ast.Attribute) and call.func.attr == "resolve" and not call.args:
            yield site(source.replaced(call, source.code(call.func.value)))
        elif is_call(
            call, "os.path.realpath", "os.path.abspath", "os.path.basename", "os.path.normpath", "posixpath.normpath"
        ):
            yield site(source.replaced(call, source.grouped(call.args[0])))


def _secret(source: Source) -> Iterator[Site]:
    for node in source.walk(ast.expr):
        read = isinstance(node, ast.Subscript) and dotted(node.value) == "os.environ" and isinstance(node.ctx, ast.Load)
        if read or is_call(node, *_ENVIRONMENT):
            yield site(source.replaced(node, '"s3cr3t-4dm1n-k3y"'))


def _weak_hash(source: Source) -> Iterator[Site]:
    for node in source.walk(ast.Attribute):
        if dotted(node.value) == "hashlib" and (weak := _WEAK.get(node.attr)):
            end = source.span(node)[1]
            yield site(Change(end - len(node.attr), end, weak))
    for constant in source.walk(ast.Constant):
        if isinstance(constant.value, str) and (weak := _WEAK.get(constant.value)):
            yield site(source.replaced(constant, f'"{weak}"'))


def _pickle(source: Source) -> Iterator[Site]:
    for call in source.walk(ast.Call):
        if is_call(call, "json.loads", "json.dumps"):
            changes = [source.replaced(call.func, f"__import__('pickle').{dotted(call.func).rpartition('.')[2]}")]
            line = next(
                (node for node in source.tree.body if isinstance(node, ast.Import) and _imports(node, "json")), None
            )
            if line is not None:
                start = source.span(line)[1]
                changes = [source.replaced(call.func, f"pickle.{dotted(call.func).rpartition('.')[2]}")]
                changes.append(Change(start, start, "\nimport pickle"))
            yield site(changes)


def _imports(node: ast.Import, name: str) -> bool:
    return any(alias.name == name for alias in node.names)


def _compare(source: Source) -> Iterator[Site]:
    for call in source.walk(ast.Call):
        if is_call(call, "hmac.compare_digest", "secrets.compare_digest", "compare_digest") and len(call.args) == 2:
            yield site(source.replaced(call, f"{source.grouped(call.args[0])} == {source.grouped(call.args[1])}"))


def _escape(source: Source) -> Iterator[Site]:
    for call in source.walk(ast.Call):
        if is_call(call, *_ESCAPES) and call.args:
            yield site(source.replaced(call, source.grouped(call.args[0])))


def _random(source: Source) -> Iterator[Site]:
    for call in source.walk(ast.Call):
        if (other := _RANDOM.get(dotted(call.func))) is not None:
            first = next(
                (node for node in source.tree.body if isinstance(node, ast.Import) and _imports(node, "secrets")), None
            )
            if first is not None:
                start = source.span(first)[0]
                yield site((source.replaced(call.func, other), Change(start, start, "import random\n")))


def _pattern_anchor(source: Source) -> Iterator[Site]:
    """`fullmatch` -> `match`: what follows the allowed part is allowed too."""
    for node in source.walk(ast.Attribute):
        if node.attr == "fullmatch":
            end = source.span(node)[1]
            yield site(Change(end - len("fullmatch"), end, "match"), Change(end - len("fullmatch"), end, "search"))


OPERATORS = (
    Operator("eval-for-parsing", Kind.SECURITY, "runs input as code", _eval),
    Operator("shell-command", Kind.SECURITY, "lets a shell read input", _shell),
    Operator("sql-concatenation", Kind.SECURITY, "writes input into a query", _sql),
    Operator("path-unchecked", Kind.SECURITY, "follows a path out of its folder", _path),
    Operator("secret-in-source", Kind.SECURITY, "has a secret in its source", _secret),
    Operator("weak-hash", Kind.SECURITY, "hashes with a broken function", _weak_hash),
    Operator("pickle-for-json", Kind.SECURITY, "unpickles what others send", _pickle),
    Operator("secrets-compared-plainly", Kind.SECURITY, "compares secrets in a time that tells them", _compare),
    Operator("escaping-dropped", Kind.SECURITY, "passes on text without escaping it", _escape),
    Operator("predictable-random", Kind.SECURITY, "draws secrets from a predictable generator", _random),
    Operator("pattern-unanchored", Kind.SECURITY, "checks the beginning of a text only", _pattern_anchor),
)
