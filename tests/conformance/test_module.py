"""What the interpreter gives to a module that it has read from a file, an attempt's module has as well."""

import json

import pytest

from codearena.v1 import common_pb2
from tests.conformance.conftest import Arena

pytestmark = pytest.mark.asyncio(loop_scope="module")

ENDS_NO_LINE = "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
"""Characters at which str.splitlines breaks, and Python does not."""
_SOURCES = {
    "separators": f"A = 'x{ENDS_NO_LINE}y'\nB = 'xy'\n\ndef f():\n    total = 0\n    return total / 0\n",
    "form feeds": "A = 1\n\x0c\n\ndef f():\n    total = 0\n\x0c    return total / 0\n",
    "line ends of Windows": "A = 1\r\n\r\n\r\ndef f():\r\n    total = 0\r\n    return total / 0\r\n",
    "old line ends": "A = 1\r\r\rdef f():\r    total = 0\r    return total / 0\r",
    "all line ends": "A = 1\r\n\n\rdef f():\n    total = 0\r    return total / 0",
    "a byte order mark": "\ufeffA = 1\n\n\ndef f():\n    total = 0\n    return total / 0",
}


@pytest.mark.parametrize("name", _SOURCES)
async def test_a_traceback_has_the_line_that_python_counts(arena: Arena, name: str) -> None:
    outcome = await arena.call(_SOURCES[name])
    assert outcome.raised.traceback == '  File "fix.py", line 6, in f\n    return total / 0\n'


async def test_a_traceback_has_the_line_in_the_sources_own_encoding(arena: Arena) -> None:
    source = "# coding: latin-1\ndef f():\n    return {'é': 1}['è']\n".encode("latin-1")
    assert (await arena.call(source)).raised.traceback == "  File \"fix.py\", line 3, in f\n    return {'é': 1}['è']\n"


async def test_inspect_finds_the_source(arena: Arena) -> None:
    source = (
        "import inspect\nclass C:\n    x = 1\n\n    def m(self): return self\n\n"
        "def f():\n    return [inspect.getsource(f), inspect.getsource(C), inspect.getsource(C.m)]\n"
    )
    sources = json.loads((await arena.call(source)).value.json)
    assert sources == [
        source[source.index("def f") :],
        source[15 : source.index("\ndef f")],
        "    def m(self): return self\n",
    ]


async def test_a_traceback_that_the_attempt_makes_has_its_lines(arena: Arena) -> None:
    source = (
        "import traceback\ndef f():\n    try:\n        return 1 / 0  # here\n    except ZeroDivisionError:\n"
        "        return traceback.format_exc()\n"
    )
    assert "    return 1 / 0  # here\n" in json.loads((await arena.call(source)).value.json)


@pytest.mark.parametrize("name", ["exit", "quit"])
async def test_the_builtins_of_site_are_there(arena: Arena, name: str) -> None:
    outcome = await arena.call(f"def f():\n    {name}(3)")
    assert (outcome.status, outcome.raised.type) == (common_pb2.CALL_STATUS_RAISED, "SystemExit")
