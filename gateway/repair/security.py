"""Calls that run what strangers write, secrets in the source, and checks that were turned off."""

import ast
import re
import shlex
from collections.abc import Iterator

from gateway.repair.edits import Change, Edit, Kind, insert_before, replace, replacing
from gateway.repair.source import Source

_SECRET = re.compile(r"(?i)(token|secret|password|passwd|api_?key|credential|private_?key)")
_SHELLS = frozenset({"subprocess.run", "subprocess.call", "subprocess.check_call", "subprocess.check_output"})
_SHELLS |= {"subprocess.Popen", "os.system", "os.popen"}
_SAFER = {
    "yaml.load": ("yaml.safe_load", "import yaml"),
    "pickle.loads": ("json.loads", "import json"),
    "pickle.load": ("json.load", "import json"),
    "marshal.loads": ("json.loads", "import json"),
    "hashlib.md5": ("hashlib.sha256", "import hashlib"),
    "hashlib.sha1": ("hashlib.sha256", "import hashlib"),
    "tempfile.mktemp": ("tempfile.mkstemp", "import tempfile"),
    "random.choice": ("secrets.choice", "import secrets"),
    "random.randint": ("secrets.SystemRandom().randint", "import secrets"),
}
_READERS = (("json.loads", "import json"), ("ast.literal_eval", "import ast"))
_FROM_ENVIRONMENT = '''\
def _from_environment(name):
    """Return the value of a variable of the environment, which must be set."""
    value = os.environ.get(name)
    if not value:
        raise RuntimeError(f"{name} is not set")
    return value


'''


def edits(source: Source) -> Iterator[Edit]:
    yield from _evaluations(source)
    yield from _commands(source)
    yield from _secrets(source)
    yield from _calls(source)


def _evaluations(source: Source) -> Iterator[Edit]:
    """eval becomes a reader of data, which may be told to accept objects only."""
    for call in source.walk(ast.Call):
        if ast.unparse(call.func) not in ("eval", "exec") or not call.args:
            continue
        argument = source.code(call.args[0])
        for place, (reader, statement) in enumerate(_READERS):
            read = f"{reader}({argument})"
            note = f"{reader} reads data, eval runs code"
            cost = 0.2 + 0.4 * place
            yield replacing(Kind.SECURITY, f"eval {reader}", cost, note, source, call, read, statement)
            for kind in ("dict", "list"):
                if only := _only(source, call, read, kind):
                    more, told = cost + (0.1 if kind == "dict" else 0.6), f"{note}; only a {kind} is taken"
                    yield replacing(Kind.SECURITY, f"eval {kind}", more, told, source, *only, statement)


def _only(source: Source, call: ast.Call, read: str, kind: str) -> tuple[ast.stmt, str] | None:
    """The statement around a call, and itself with a check of what was read; None if there is none of that kind."""
    for statement in source.walk(ast.stmt):
        if isinstance(statement, ast.Return) and statement.value is call:
            name, after = "data", ["return data"]
        elif isinstance(statement, ast.Assign) and statement.value is call and len(statement.targets) == 1:
            name, after = source.code(statement.targets[0]), []
        else:
            continue
        refusal = [f"if not isinstance({name}, {kind}):", f'    raise ValueError("expected a {kind}")']
        lines = [f"{name} = {read}", *refusal, *after]
        return statement, f"\n{source.indent(statement)}".join(lines)
    return None


def _commands(source: Source) -> Iterator[Edit]:
    """A command line for a shell becomes a list of arguments."""
    for call in source.walk(ast.Call):
        name = ast.unparse(call.func)
        if name not in _SHELLS or not call.args:
            continue
        shell = [each for each in call.keywords if each.arg == "shell"]
        arguments = _arguments(source, call.args[0])
        if arguments is None or (name.startswith("subprocess") and not shell):
            continue
        change = replace(source, call, _started(source, name, call, arguments[0]))
        needs, note = frozenset({"import subprocess"}), "a list of arguments, without a shell"
        yield Edit(Kind.SECURITY, "shell", 0.5, note, (change,), needs)
        guarded = (change, *_option_guard(source, call, arguments[1]))
        if len(guarded) > 1:
            note += "; what is empty or would be an option is refused"
            yield Edit(Kind.SECURITY, "shell", 0.3, note, guarded, needs)


def _started(source: Source, name: str, call: ast.Call, arguments: str) -> str:
    kept = [f"{each.arg}={source.code(each.value)}" for each in call.keywords if each.arg and each.arg != "shell"]
    if name == "os.system":
        return f"subprocess.run({', '.join([arguments, 'check=False'])}).returncode"
    if name == "os.popen":
        return f"subprocess.run({arguments}, capture_output=True, text=True, check=False).stdout"
    return f"{name}({', '.join([arguments, *kept])})"


def _option_guard(source: Source, call: ast.Call, names: list[str]) -> tuple[Change, ...]:
    """At the top of the function: refuse a host, file or the like that the program would take for an option."""
    for function in source.functions():
        parameters = {argument.arg for argument in function.args.args}
        if call in ast.walk(function):
            used = [name for name in names if name in parameters]
            lines = [
                line
                for name in used
                for line in (
                    f'if not {name} or {name}.startswith("-"):',
                    f'    raise ValueError("{name} is empty or looks like an option")',
                )
            ]
            return (insert_before(source, source.first_statement(function), lines),) if lines else ()
    return ()


def _arguments(source: Source, command: ast.expr) -> tuple[str, list[str]] | None:
    """A list display for a command line that is put together, and the names in it; None if that is unclear."""
    parts = _parts(source, command)
    if parts is None or not parts or not any(literal for literal, _ in parts):
        return None
    template = "".join(text if literal else f"\0{place}\0" for place, (literal, text) in enumerate(parts))
    try:
        words = shlex.split(template)
    except ValueError:
        return None
    values = {f"\0{place}\0": text for place, (literal, text) in enumerate(parts) if not literal}
    shown = []
    for word in words:
        if word in values:
            shown.append(values[word] if values[word].isidentifier() else f"({values[word]})")
        elif "\0" in word:
            shown.append(" + ".join(values.get(piece, repr(piece)) for piece in re.split(r"(\0\d+\0)", word) if piece))
        else:
            shown.append(f'"{word}"' if '"' not in word and "\\" not in word else repr(word))
    return f"[{', '.join(shown)}]", list(values.values())


def _parts(source: Source, node: ast.expr) -> list[tuple[bool, str]] | None:
    """(literal, text) in order; None for what is no string put together of pieces."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [(True, node.value)]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _parts(source, node.left), _parts(source, node.right)
        return None if left is None or right is None else left + right
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) and isinstance(node.left, ast.Constant):
        given = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
        return _filled(str(node.left.value), "%s", [source.code(each) for each in given])
    if isinstance(node, ast.JoinedStr):
        values = [each for each in node.values if isinstance(each, ast.Constant | ast.FormattedValue)]
        return [
            (True, str(each.value)) if isinstance(each, ast.Constant) else (False, ast.unparse(each.value))
            for each in values
        ]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        text = node.func.value
        if isinstance(text, ast.Constant) and not node.keywords:
            return _filled(str(text.value), "{}", [source.code(each) for each in node.args])
        return None
    return [(False, source.code(node))] if isinstance(node, ast.Name | ast.Attribute | ast.Subscript) else None


def _filled(template: str, mark: str, values: list[str]) -> list[tuple[bool, str]] | None:
    pieces = template.split(mark)
    if len(pieces) != len(values) + 1:
        return None
    parts = [(True, pieces[0])]
    for value, piece in zip(values, pieces[1:], strict=True):
        parts += [(False, value), (True, piece)]
    return parts


def _secrets(source: Source) -> Iterator[Edit]:
    """A secret at the top of the module is read from the environment where it is used."""
    for statement in source.tree.body:
        if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
            continue
        name, value = statement.targets[0].id, statement.value
        if not (_SECRET.search(name) and isinstance(value, ast.Constant) and isinstance(value.value, str)):
            continue
        uses = [node for node in source.walk(ast.Name) if node.id == name and isinstance(node.ctx, ast.Load)]
        changes = [replace(source, node, f'_from_environment("{name}")') for node in uses]
        changes.append(replace(source, statement, _FROM_ENVIRONMENT.strip()))
        note = f"{name} comes from the environment, anew at each use"
        yield Edit(Kind.SECURITY, "secret", 0.2, note, tuple(changes), frozenset({"import os"}))
    for function in source.functions():
        for node in ast.walk(function):
            returned = node.value if isinstance(node, ast.Return) else None
            if isinstance(returned, ast.Constant) and _SECRET.search(function.name):
                variable = function.name.upper().removeprefix("GET_")
                note, text = f"{variable} comes from the environment", f'os.environ["{variable}"]'
                yield replacing(Kind.SECURITY, "secret", 0.4, note, source, returned, text, "import os")


def _calls(source: Source) -> Iterator[Edit]:
    for call in source.walk(ast.Call):
        name = ast.unparse(call.func)
        if name in _SAFER:
            better, statement = _SAFER[name]
            note = f"{better} in place of {name}"
            yield replacing(Kind.SECURITY, f"call {name}", 0.6, note, source, call.func, better, statement)
        for each in call.keywords:
            if each.arg == "verify" and isinstance(each.value, ast.Constant) and each.value.value is False:
                yield replacing(Kind.SECURITY, "verify", 0.3, "certificates are checked", source, each.value, "True")
        if name.endswith(".execute") and len(call.args) == 1:
            yield from _query(source, call)


def _query(source: Source, call: ast.Call) -> Iterator[Edit]:
    """SQL that is put together becomes a statement with parameters (PEP 249, paramstyle qmark)."""
    parts = _parts(source, call.args[0])
    if parts is None or not any(literal for literal, _ in parts) or all(literal for literal, _ in parts):
        return
    text = "".join(re.sub(r"'$|^'", "", piece) if literal else "?" for literal, piece in parts)
    values = ", ".join(piece for literal, piece in parts if not literal)
    note = "values are parameters of the statement"
    yield replacing(Kind.SECURITY, "query", 0.3, note, source, call.args[0], f"{text!r}, ({values},)")
