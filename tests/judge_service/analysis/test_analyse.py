"""What is read from an attempt before it runs."""

import sys
import warnings

import pytest

from codearena.v1.executor_pb2 import Analysis, Check, CheckOutcome, SyntaxProblem
from judge_service.analysis.analyse import analyse


def analysed(source: str | bytes, *checks: tuple[str, str]) -> Analysis:
    raw = source.encode() if isinstance(source, str) else source
    return analyse(raw, [Check(rule=rule, argument=argument) for rule, argument in checks])


def test_a_missing_colon_is_a_problem_with_its_place() -> None:
    analysis = analysed("def f(x)\n    return 1\n")
    assert not analysis.compiles
    assert analysis.problem == SyntaxProblem(
        type="SyntaxError", message="expected ':'", line=1, column=9, text="def f(x)"
    )
    assert analysis.ast_hash == ""


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        (b"if 1:\nx = 1\n", "IndentationError"),
        (b"if 1:\n\tx = 1\n        y = 1\n", "TabError"),
        (b"x = '\0'", "SyntaxError|ValueError"),
        (b"x = '\xff'", "SyntaxError"),
        (b"# coding: nowhere\nx = 1", "SyntaxError"),
        (b"# coding: rot13\nx = 1", "SyntaxError"),
        (b"return 1", "SyntaxError"),  # the parser takes this, the compiler does not
        (b"x = " + b"(" * 300 + b")" * 300, "SyntaxError|MemoryError"),
        (b"x = " + b"-" * 20_000 + b"1", "RecursionError|MemoryError|SyntaxError"),
        (b"x = " + b"9" * 10_000, "SyntaxError"),
    ],
)
def test_whatever_the_compiler_refuses_is_a_problem_never_an_exception(source: bytes, problem: str) -> None:
    analysis = analysed(source, ("forbid_call", "eval"))
    assert not analysis.compiles
    assert analysis.problem.type in problem.split("|")
    assert list(analysis.checks) == [CheckOutcome(passed=False, detail="does not compile")]


@pytest.mark.parametrize("character", "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
def test_a_problem_has_the_whole_line_that_python_counts(character: str) -> None:
    problem = analysed(f"a = '{character}'\rb = '{character}x' +\r\n").problem
    assert (problem.line, problem.text) == (2, f"b = '{character}x' +")


def test_a_problem_is_bounded_and_encodable_whatever_the_source_holds() -> None:
    problem = analysed("x = '" + "é" * 50_000 + "\n").problem
    assert len(problem.text) <= 300
    assert problem.ByteSize() < 2_000
    analysed("# coding: utf-7\n+2AA-x = 1 1").SerializeToString()


@pytest.mark.parametrize("source", [b"\xef\xbb\xbfx = 1", b"# coding: latin-1\nx = '\xe9'", b"", b"# nothing\n"])
def test_pythons_own_ways_to_tell_the_encoding_are_honoured(source: bytes) -> None:
    assert analysed(source).compiles


def test_warnings_of_the_compiler_are_silent() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert analysed("x = 1 is 1\ny = '\\d'\n").compiles


@pytest.mark.parametrize(
    "source", [b"x = " + b"[" * 80 + b"]" * 80, b"x = " + b"9" * 5_000, b"x = " + b"-" * 900 + b"1"]
)
def test_what_the_process_allows_itself_changes_no_analysis(source: bytes) -> None:
    plain, before = analysed(source), (sys.getrecursionlimit(), sys.get_int_max_str_digits())
    try:
        sys.setrecursionlimit(20_000)
        sys.set_int_max_str_digits(0)
        assert analysed(source) == plain
    finally:
        sys.setrecursionlimit(before[0])
        sys.set_int_max_str_digits(before[1])


def test_how_deep_the_caller_is_changes_no_analysis() -> None:
    """Of a source that the compiler takes only just."""

    def deeper(frames: int, source: bytes) -> bool:
        return deeper(frames - 1, source) if frames else analysed(source).compiles

    depths = range(300, 3_000, 60)
    for at in (1, 500):
        assert [deeper(at, b"x = " + b"-" * depth + b"1") for depth in depths] == [
            analysed(b"x = " + b"-" * depth + b"1").compiles for depth in depths
        ]


def test_hash_ignores_comments_blank_lines_and_formatting() -> None:
    plain = analysed("def f(x):\n    return x + 1\n").ast_hash
    dressed = analysed("# why\n\ndef f( x ) :\n\n  return (x\n    +1)  # so\n").ast_hash
    assert plain == dressed
    assert len(plain) == 64


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x = 1", "x = 2"),
        ("x = 1", "x = 1.0"),
        ("x = 1", "x = True"),
        ("x = '1'", "x = b'1'"),
        ("x = 1", "y = 1"),
        ("f(a, b)", "f((a, b))"),
        ("[a], b", "[a, b],"),
        ("if a:\n  b\nelse:\n  c", "if a:\n  b\nc"),
        ("x = 0x" + "f" * 5000, "x = 0x" + "f" * 4999 + "e"),
    ],
)
def test_hash_tells_different_programs_apart(one: str, other: str) -> None:
    assert analysed(one).ast_hash != analysed(other).ast_hash


PLAIN = "class A:\n    x: int = 1\n    def f(self, y):\n        z = y\n        if z: return 1\n        return z\n"
SAME = {
    "white space and comments": PLAIN.replace("z = y", "z  =  (y)  # why"),
    "a documentation text of the module": '"""Now.\n"""\n' + PLAIN,
    "of a class": PLAIN.replace("    x: int", '    "A thing."\n    x: int'),
    "of a function": PLAIN.replace("        z = y", "        r'''What it does.'''\n        z = y"),
    "a text that stands alone": PLAIN.replace("        return z", "        'and so'\n        return z"),
    "other constants, and pass": PLAIN.replace(
        "        return z", "        ...\n        1\n        pass\n        return z"
    ),
    "annotations of a function": PLAIN.replace("self, y)", "self, y: 'int') -> list[int]"),
    "an annotation of its variable": PLAIN.replace("z = y", "z: int = y"),
}
OTHER = {
    "a field of a class": PLAIN.replace("x: int", "x: str"),
    "a name": PLAIN.replace("z", "w"),
    "a value": PLAIN.replace("return 1", "return 2"),
    "what makes a name local": PLAIN.replace("        z = y", "        q: int\n        z = y"),
}


@pytest.mark.parametrize("what", SAME)
def test_what_has_no_effect_makes_no_other_source(what: str) -> None:
    assert analysed(SAME[what]).ast_hash == analysed(PLAIN).ast_hash


@pytest.mark.parametrize("what", OTHER)
def test_what_has_an_effect_makes_another_source(what: str) -> None:
    assert analysed(OTHER[what]).ast_hash != analysed(PLAIN).ast_hash


@pytest.mark.parametrize("reader", ["print(f.__doc__)", "import doctest\ndoctest.testmod()", "getattr(f, '__doc__')"])
def test_documentation_is_data_where_a_source_reads_it(reader: str) -> None:
    one, other = (f"def f():\n    '{text}'\n{reader}\n" for text in ("one", "other"))
    assert analysed(one).ast_hash != analysed(other).ast_hash


@pytest.mark.parametrize("reader", ["print(f.__annotations__)", "import inspect\nprint(inspect.signature(f))"])
def test_annotations_are_data_where_a_source_reads_them(reader: str) -> None:
    one, other = (f"def f(x: {kind}): pass\n{reader}\n" for kind in ("int", "str"))
    assert analysed(one).ast_hash != analysed(other).ast_hash


def test_source_that_compiles_but_is_too_deep_for_a_tree_still_has_a_stable_hash(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Where the interpreter draws that line differs between versions, so the line is drawn here.
    def compiled(source: bytes, flags: int = 0) -> object:
        if flags:
            raise RecursionError
        return compile(source, "fix.py", "exec")

    monkeypatch.setattr("judge_service.analysis.analyse._compile", compiled)
    plain = analysed("x = 1 + 2\n", ("forbid_call", "eval"))
    dressed = analysed("# deep\nx  =  1 +  2\n\n")
    other = analysed("x = 1 + 3\n")
    assert plain.compiles
    assert plain.ast_hash == dressed.ast_hash != other.ast_hash
    assert list(plain.checks) == [CheckOutcome(passed=False, detail="nested too deeply to check")]


def test_checks_and_estimate_are_part_of_the_analysis() -> None:
    analysis = analysed("def f(a):\n    return eval(a[0])\n", ("forbid_call", "eval"), ("require_call", "eval"))
    assert [outcome.passed for outcome in analysis.checks] == [False, True]
    assert analysis.checks[0].line == 2
    assert analysis.estimated_complexity == "O(n)"
