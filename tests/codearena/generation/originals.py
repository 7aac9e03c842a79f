"""Right programs for tests, with tests of their own, as originals."""

from codearena.generation.original import Original, of_task
from codearena.tasks.record import from_record
from codearena.tasks.task import Task

CLAMP = '''def clamp(value, low, high):
    """Return the value, or the bound that it is beyond."""
    if low > high:
        raise ValueError("the bounds are in the wrong order")
    if value < low:
        return low
    if value > high:
        return high
    return value
'''
LONGEST = '''def longest(words):
    """Return the first of the longest words, or None."""
    best = None
    for word in words:
        if best is None or len(word) > len(best):
            best = word
    return best
'''
LETTERS = '''def letters(text):
    """Return the different letters of a text: wrongly, in an order that differs from process to process."""
    return list(set(text))
'''
_CLAMPED = [(5, 1, 9), (0, 1, 9), (12, 1, 9), (1, 1, 9), (9, 1, 9), (3, 3, 3), (-5, -4, 0), (2, -1, 1), (7, 1, 8)]
_LONGEST = [[], ["a"], ["a", "bb"], ["bb", "a"], ["bb", "cc"], ["", "a", ""], ["abc", "d", "efgh", "ijkl"]]


def _record(name: str, source: str, cases: list[dict[str, object]]) -> dict[str, object]:
    tests = [{"name": f"case {number}", "visible": number % 3 == 0, **case} for number, case in enumerate(cases)]
    record = {"id": name, "description": f"Write {name}.", "level": "easy", "entry_point": name, "tests": tests}
    return {**record, "buggy": "x = 1\n", "solution": source}


def clamp_task(**fields: object) -> Task:
    """A task whose tests are good."""
    cases: list[dict[str, object]] = [{"args": list(each), "expect": sorted(each)[1]} for each in _CLAMPED]
    cases.append({"args": [1, 3, 2], "raises": {"type": "ValueError"}})
    return from_record({**_record("clamp", CLAMP, cases), **fields}, "clamp")


def longest_task() -> Task:
    """Another one."""
    cases: list[dict[str, object]] = [
        {"args": [words], "expect": max(words, key=len, default=None)} for words in _LONGEST
    ]
    return from_record(_record("longest", LONGEST, cases), "longest")


def letters_task() -> Task:
    """One whose reference depends on the hash seed. Of two letters the order is right in every other process."""
    cases: list[dict[str, object]] = [{"args": [text], "expect": list(text)} for text in ("", "a", "aaaa", "b")]
    cases.append({"name": "many letters", "args": ["abcdefghij"], "expect": sorted("abcdefghij"), "compare": "set"})
    cases.append({"name": "as a list", "args": ["qwertzuiop"], "expect": 10, "compare": "custom"})
    checker = "def check(args, kwargs, expected, got):\n    return len(got) == expected\n"
    cases[2]["expect"] = ["a"]
    return from_record({**_record("letters", LETTERS, cases), "checker": checker}, "letters")


CHECK = """def check(candidate):
    assert candidate(5, 1, 9) == 5
    assert candidate(0, 1, 9) == 1
    assert candidate(12, 1, 9) == 9
    assert candidate(1, 1, 9) == 1
"""
TWICE = "number = int(input())\nprint(number * 2)\n"


def script_task() -> Task:
    """One whose tests are a script."""
    record = {"id": "by-script", "description": "Write clamp.", "entry_point": "clamp", "solution": CLAMP}
    buggy = CLAMP.replace("return high", "return low")
    return from_record({**record, "buggy": buggy, "script": {"source": CHECK}}, "by-script")


def program_task() -> Task:
    """One about a program."""
    runs = [{"name": f"run {n}", "stdin": f"{n}\n", "stdout": f"{2 * n}\n", "visible": n < 2} for n in range(5)]
    record = {"id": "twice", "description": "Print twice the number.", "solution": TWICE, "program": {"tests": runs}}
    return from_record({**record, "buggy": TWICE.replace("* 2", "* 3")}, "twice")


def originals() -> list[Original]:
    """Two."""
    return [of_task(clamp_task()), of_task(longest_task())]
