"""The attempt's source as the interpreter takes it."""

import warnings

import pytest

from executor_service.runner.attempt.module import SOURCE_NAME, UncompiledError, compile_source


def test_compiled_code_names_the_agreed_file_and_inherits_no_future_import() -> None:
    code = compile_source(b"def f(x: unknown): pass")
    assert code.co_filename == SOURCE_NAME
    with pytest.raises(NameError):
        exec(code, {})


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        (b"if 1:\nx = 1\n", "IndentationError"),
        (b"x = '\0'", "SyntaxError|ValueError"),
        (b"x = '\xff'", "SyntaxError"),
        (b"# coding: nowhere\nx = 1", "SyntaxError"),
        (b"x = " + b"(" * 300 + b")" * 300, "SyntaxError|MemoryError"),
        (b"x = " + b"-" * 20_000 + b"1", "RecursionError|MemoryError|SyntaxError"),
        (b"x = " + b"9" * 10_000, "SyntaxError"),
    ],
)
def test_whatever_the_compiler_refuses_is_a_problem(source: bytes, problem: str) -> None:
    with pytest.raises(UncompiledError) as refused:
        compile_source(source)
    assert refused.value.problem["type"] in problem.split("|")


def test_a_problem_has_its_place() -> None:
    with pytest.raises(UncompiledError) as refused:
        compile_source(b"x = 1\ndef f(x)\n    return 1\n")
    assert refused.value.problem == {
        "type": "SyntaxError",
        "message": "expected ':'",
        "line": 2,
        "column": 9,
        "text": "def f(x)",
    }


def test_warnings_of_the_compiler_are_silent() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        compile_source(b"x = 1 is 1\ny = '\\d'\n")
