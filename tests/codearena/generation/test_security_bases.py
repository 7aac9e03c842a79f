"""What is insecure fails: each secure reference, made insecure in the usual ways."""

import ast
import random
import subprocess
from unittest import mock

import pytest

from codearena.generation.base import Case, FunctionBase
from codearena.generation.bases import all_bases
from codearena.generation.observing import answer
from judge_service.analysis.checks import run_checks

BASES = {name: base for name, base in all_bases().items() if base.category == "security_bugs"}
INSECURE = [
    ("find_orders", "customer = ? ORDER BY number", "customer = '\" + customer + \"' ORDER BY number"),
    ("sorted_products", "if column not in COLUMNS:", "if not column:"),
    ("search_titles", "%{escaped}%", "%{part}%"),
    ("safe_join", 'root.rstrip("/") + "/"', "root"),
    ("safe_join", 'not path.startswith(root.rstrip("/") + "/")', "False"),
    ("safe_join", "posixpath.normpath(posixpath.join(root, name))", "posixpath.join(root, name)"),
    ("upload_name", "kind not in ALLOWED", "not kind"),
    ("upload_name", 're.split(r"[/\\\\]", name)[-1]', "name"),
    ("archive_folder", '["tar", "-czf", target, folder]', 'f"tar -czf {target} {folder}", shell=True'),
    ("archive_folder", 'path.startswith("-")', "False"),
    ("is_signed", "hmac.compare_digest(expected.encode(), signature.encode())", "expected == signature"),
    (
        "is_signed",
        "hmac.new(key.encode(), message.encode(), hashlib.sha256)",
        "hashlib.sha256((key + message).encode())",
    ),
    ("database_address", 'os.environ.get(variable, "")', 'os.environ.get(variable, "letmein")'),
    ("database_address", 'quote(value, safe="")', "value"),
    ("hash_password", 'pbkdf2_hmac("sha256", password.encode(), salt, ROUNDS)', "md5(salt + password.encode())"),
    ("hash_password", ", salt, ROUNDS)", ", bytes(16), ROUNDS)"),
    ("same_password", "hmac.compare_digest(expected, bytes.fromhex(digest))", "expected == bytes.fromhex(digest)"),
    (
        "same_password",
        "hmac.compare_digest(expected, bytes.fromhex(digest))",
        "expected.startswith(bytes.fromhex(digest))",
    ),
    ("render_comment", "html.escape(line)", "line"),
    ("render_comment", "{html.escape(author)}", "{author}"),
    ("safe_redirect", "parts.netloc in HOSTS", 'parts.netloc.endswith("example.org")'),
    ("safe_redirect", "parts.netloc in HOSTS", 'parts.netloc.startswith("example.org")'),
    ("safe_redirect", 'target.startswith("//")', "False"),
    ("safe_redirect", 'parts.scheme == "https" and ', ""),
    ("log_line", "character if character.isprintable() else", "character if character.isascii() else"),
    ("log_line", r'r"************\1"', r'r"\g<0>"'),
    ("read_profile", "json.loads(text)", "eval(text)"),
    ("read_numbers", "ast.literal_eval(text.strip())", "eval(text.strip())"),
]


def test_every_secure_reference_is_made_insecure_here() -> None:
    assert {name for name, _, _ in INSECURE} == set(BASES)


@pytest.mark.parametrize(("name", "secure", "insecure"), INSECURE)
def test_an_insecure_fix_fails_a_test_or_a_check(name: str, secure: str, insecure: str) -> None:
    base = BASES[name]
    assert isinstance(base, FunctionBase) and secure in base.solution
    source = base.solution.replace(secure, insecure)
    assert passes(base, base.solution)
    assert not passes(base, source)


def passes(base: FunctionBase, source: str) -> bool:
    names: dict[str, object] = {"__name__": "attempt"}
    exec(source, names)
    attempt = names[base.solves.__name__]
    assert callable(attempt)
    checks = run_checks(ast.parse(source), [(check.rule, check.argument) for check in base.checks])
    rng = random.Random(11)
    tests = [test(rng) if callable(test) else test for test in (*base.visible.values(), *base.hidden.values())]
    cases = [test if isinstance(test, Case) else Case(test) for test in tests]
    return all(check.passed for check in checks) and all(behaves(base, attempt, case) for case in cases)


def behaves(base: FunctionBase, attempt: object, case: Case) -> bool:
    assert callable(attempt)
    with mock.patch.object(subprocess, "run", return_value=subprocess.CompletedProcess([], 0)) as started:
        seen = answer(attempt, case.args, case.kwargs or {}, case.env or {})
        if case.process is None:
            return seen == answer(base.solves, case.args, case.kwargs or {}, case.env or {})
    asked = started.call_args.args[0] if started.called else []
    return seen is case.expect and isinstance(asked, list) and case.process["argument"] in asked
