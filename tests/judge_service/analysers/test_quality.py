"""The facts of radon."""

from judge_service.analysers.quality import radon_facts


def test_the_most_complex_function_is_named() -> None:
    facts = radon_facts("def a(x):\n    return x\n\n\ndef b(x):\n    if x:\n        return 1\n    return 2\n")
    assert (facts["complexity"], facts["complexity_name"], facts["complexity_line"]) == (2, "b", 5)


def test_the_modules_own_branches_count() -> None:
    assert radon_facts("if a:\n    b()\nelif c:\n    d()\n")["complexity"] == 3


def test_comments_change_no_fact() -> None:
    code = "def a(x):\n    return x + 1\n"
    assert radon_facts("# words\n" * 50 + code) == {**radon_facts(code), "complexity_line": 51}


def test_statements_are_counted_and_not_lines() -> None:
    assert radon_facts("a = 1; b = 2\n\n\nc = (\n    3\n)\n")["statements"] == 3
