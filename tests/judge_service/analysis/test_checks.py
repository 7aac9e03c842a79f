"""Rules on the syntax tree: what each finds, and the detours that are followed."""

import ast

import pytest

from codearena.v1.executor_pb2 import CheckOutcome
from judge_service.analysis.checks import RULES, run_checks, validate_rule


def check(source: str, rule: str, argument: str) -> CheckOutcome:
    (outcome,) = run_checks(ast.parse(source), [(rule, argument)])
    return outcome


@pytest.mark.parametrize(
    "source",
    [
        "eval(x)",
        "e = eval\ne(x)",
        "a, b = len, eval\nb(x)",
        "def f(x, run=eval): return run(x)",
        "list(map(eval, xs))",
        "import builtins\nbuiltins.eval(x)",
        "import builtins as b\nb.eval(x)",
        "from builtins import eval as harmless\nharmless(x)",
        "from builtins import *\neval(x)",
        "import builtins\ngetattr(builtins, 'ev' + 'al')(x)",
        "import builtins\ngetattr(builtins, f\"{'ev'}al\")(x)",
        "import builtins\nbuiltins.__dict__['eval'](x)",
        "import builtins\nvars(builtins)['eval'](x)",
        "__builtins__.eval(x)",
        "__builtins__['eval'](x)",
        "globals()['__builtins__'].eval(x)",
        "__import__('builtins').eval(x)",
        "import importlib\nimportlib.import_module('builtins').eval(x)",
        "import sys\nsys.modules['builtins'].eval(x)",
        "import builtins\ngetattr(builtins, name)(x)",
        "(print if a else eval)(x)",
        "(e := eval)(x)",
        "import builtins\n[v for k, v in vars(builtins).items() if k[:2] == 'ev'][0](x)",
        "import builtins\nfor run in builtins.__dict__.values(): run(x)",
        "import builtins\nvars(builtins).get('ev' + 'al')(x)",
        "import builtins\nvars(builtins).get(name)(x)",
        "import builtins\nbuiltins.__getattribute__('eval')(x)",
        "import builtins\nvars(builtins).__getitem__(name)(x)",
        "import builtins, operator\noperator.attrgetter('eval')(builtins)(x)",
        "import builtins\nfrom operator import itemgetter as pick\npick(name)(vars(builtins))(x)",
        "import builtins, inspect\ndict(inspect.getmembers(builtins))['eval'](x)",
        "import builtins\n[builtins][0].eval(x)",
        "import builtins\nnames = {**vars(builtins)}",
        "print.__self__.eval(x)",
        "len.__self__.__dict__[name](x)",
        "def g(): pass\ng.__globals__['__builtins__']['eval'](x)",
        "def g(): pass\ng.__builtins__['eval'](x)",
        "import sys\nsys._getframe().f_builtins['eval'](x)",
        "def g(scope=__builtins__): return list(scope)",
        "everything = globals()['__builtins__']\nfor run in everything.values(): run(x)",
    ],
)
def test_forbid_call_finds_the_call_behind_detours(source: str) -> None:
    assert not check(source, "forbid_call", "eval").passed


@pytest.mark.parametrize(
    "source",
    [
        "model.eval()",
        "import ast\nast.literal_eval(x)",
        "evaluate(x)",
        "# eval(x)\ny = 'eval(x)'",
        "node = head\n" + "node = node.next or node.other\n" * 50,
        "getattr(settings, name)",
        "import builtins\nisinstance(x, builtins.int)",
        "import builtins\nbuiltins.len = len",
        "'{x}'.format(**locals())",
        "globals().get('helper')(x)",
        "for name, value in vars(settings).items(): print(name)",
        "import json\njson.loads(x).get('eval')",
        "print.__self__",
    ],
)
def test_forbid_call_leaves_others_of_a_like_name_alone(source: str) -> None:
    assert check(source, "forbid_call", "eval").passed


@pytest.mark.parametrize(
    "source",
    [
        "import os\nos.system(c)",
        "import os as o\nz = o\nz.system(c)",
        "from os import system as run\nrun(c)",
        "from os import *\nsystem(c)",
        "__import__('os').system(c)",
        "import sys\nsys.modules['os'].system(c)",
    ],
)
def test_forbid_call_follows_modules(source: str) -> None:
    assert not check(source, "forbid_call", "os.system").passed
    assert not check(source, "forbid_import", "os").passed


@pytest.mark.parametrize(
    "source",
    ["import os\nfor run in vars(os).values(): run(c)", "import os, inspect\ninspect.getmembers(os)"],
)
def test_a_module_that_is_handed_on_hands_on_what_it_has(source: str) -> None:
    assert not check(source, "forbid_call", "os.system").passed


def test_what_a_module_holds_may_be_used_beside_a_forbidden_call() -> None:
    source = "import os\nhome = os.environ.get('HOME')\nx = os.path.join(home, 'x')\nseparator = os.sep"
    assert check(source, "forbid_call", "os.system").passed


def test_a_breach_names_its_line() -> None:
    assert check("x = 1\n\ny = eval(x)\n", "forbid_call", "eval").line == 3


@pytest.mark.parametrize("source", ["import os", "import os.path", "from os import path", "from os.path import join"])
def test_imports_of_parts_count_as_imports(source: str) -> None:
    assert not check(source, "forbid_import", "os").passed
    assert check(source, "require_import", "os").passed


def test_a_module_whose_name_only_starts_alike_is_another_one() -> None:
    assert check("import osmosis", "forbid_import", "os").passed


def test_an_import_under_a_computed_name_may_be_any() -> None:
    assert not check("import importlib\nimportlib.import_module(name)", "forbid_import", "os").passed


@pytest.mark.parametrize(
    "source", ["secret = 1", "x.secret", "def secret(): pass", "import secret", "getattr(x, 'secret')"]
)
def test_forbid_name_finds_identifiers(source: str) -> None:
    assert not check(source, "forbid_name", "secret").passed


def test_forbid_name_does_not_read_text() -> None:
    assert check("x = 'secret'  # secret", "forbid_name", "secret").passed


@pytest.mark.parametrize(
    "source",
    ["x = 'my sk-live-1'", "x = b'sk-live-1'", "x = 'sk-' + 'live'", "x = ''.join(['sk', '-live'])", "f'{x}sk-live'"],
)
def test_forbid_string_finds_constants_and_what_they_join_to(source: str) -> None:
    assert not check(source, "forbid_string", "sk-live").passed


def test_forbid_string_does_not_read_comments_or_names() -> None:
    assert check("live = 1  # live", "forbid_string", "live").passed


def test_require_call_wants_a_call_not_a_mention() -> None:
    assert check("import json as j\nj.loads(x)", "require_call", "json.loads").passed
    assert check("from json import loads\nloads(x)", "require_call", "json.loads").passed
    assert not check("import json\nread = json.loads", "require_call", "json.loads").passed
    assert not check("import pickle\npickle.loads(x)", "require_call", "json.loads").passed


@pytest.mark.parametrize(
    ("call", "argument", "kept"),
    [
        ("run(a, shell=False)", "subprocess.run:shell=False", True),
        ("run(a, shell=True)", "subprocess.run:shell=False", False),
        ("run(a, shell=flag)", "subprocess.run:shell=False", False),
        ("run(a)", "subprocess.run:shell=False", False),
        ("run(a)", "subprocess.run:shell?=False", True),
        ("run(a, shell=True)", "subprocess.run:shell?=False", False),
        ("run(a, **options)", "subprocess.run:shell?=False", False),
        ("run(a, timeout=n)", "subprocess.run:timeout=*", True),
        ("run(a)", "subprocess.run:timeout=*", False),
        ("run(a, shell=False)\nrun(b)", "subprocess.run:shell=False", False),
        ("Popen(a)", "subprocess.run:shell=False", True),
    ],
)
def test_require_keyword_holds_for_every_call(call: str, argument: str, kept: bool) -> None:
    assert check(f"from subprocess import run, Popen\n{call}", "require_keyword", argument).passed is kept


@pytest.mark.parametrize(
    ("rule", "argument"),
    [
        ("forbid_everything", "x"),
        ("forbid_call", ""),
        ("forbid_call", "not a name"),
        ("forbid_string", ""),
        ("require_keyword", "subprocess.run"),
        ("require_keyword", "subprocess.run:shell=unquoted text"),
    ],
)
def test_a_rule_that_means_nothing_is_refused_and_never_counts_as_kept(rule: str, argument: str) -> None:
    with pytest.raises(ValueError):
        validate_rule(rule, argument)
    assert not check("x = 1", rule, argument).passed


def test_every_rule_has_an_outcome_of_its_own_in_order() -> None:
    rules = [(rule, "json.loads:cls=None" if rule == "require_keyword" else "nothing_here") for rule in RULES]
    outcomes = run_checks(ast.parse("x = 1"), rules)
    assert [outcome.passed for outcome in outcomes] == [
        not rule.startswith("require_") or rule == "require_keyword" for rule in RULES
    ]


def test_a_tree_too_deep_to_check_breaks_the_rule() -> None:
    assert not check("x = a" + ".b" * 900, "forbid_call", "eval").passed


@pytest.mark.parametrize(
    "source",
    [
        "def helper(): pass",
        "async def helper(): pass",
        "class helper: pass",
        "helper = 1",
        "a = helper = 1",
        "a, (helper, *b) = 1, (2, 3)",
        "helper: int = 1",
        "import helper",
        "import helper.part",
        "import math as helper",
        "from math import floor as helper",
        "for helper in (): pass",
        "with a as helper: pass",
        "if a:\n    try: pass\n    except E as helper: pass",
        "match a:\n    case [1, *helper]: pass",
        "match a:\n    case {'a': 1, **helper}: pass",
        "match a:\n    case 1 as helper: pass",
        "print(helper := 1)",
        "[(helper := n) for n in a]",
        "def f():\n    global helper\n    helper = 1",
        "globals()['helper'] = 1",
        "import sys\nsys.modules[__name__].__dict__['helper'] = 1",
        "import sys\nsetattr(sys.modules[__name__], 'helper', 1)",
    ],
)
def test_forbid_definition_finds_every_way_to_bind_a_name_of_the_module(source: str) -> None:
    assert not check(source, "forbid_definition", "other,helper").passed
    assert check(source, "forbid_definition", "other").passed


@pytest.mark.parametrize(
    "source",
    [
        "def f(helper): return helper",
        "def f():\n    helper = 1",
        "class A:\n    helper = 1\n    def other(self): pass",
        "[helper for helper in a]",
        "lambda helper: 1",
        "f(helper=1)",
        "helper(1)",
        "a.helper = 1",
        "a['helper'] = 1",
        "'helper'",
    ],
)
def test_forbid_definition_lets_other_scopes_and_uses_be(source: str) -> None:
    assert check(source, "forbid_definition", "helper").passed


def test_forbid_definition_takes_names() -> None:
    validate_rule("forbid_definition", "one,two")
    with pytest.raises(ValueError, match="takes names with commas"):
        validate_rule("forbid_definition", "one, two")
