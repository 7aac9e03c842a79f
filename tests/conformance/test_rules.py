"""Rules that are kept while a source runs: none is dodged, and nothing honest breaks one, in any isolation."""

from collections.abc import Sequence

import pytest

from codearena.v1 import common_pb2, executor_pb2
from tests.conformance.conftest import Arena
from tests.executor_service import workloads

pytestmark = pytest.mark.asyncio(loop_scope="module")

RETURNED = common_pb2.CALL_STATUS_RETURNED
RAISED = common_pb2.CALL_STATUS_RAISED
FIND = "import builtins\nfind = lambda start: [v for k, v in vars(builtins).items() if k.startswith(start)][0]\n"
WRITTEN = """
import dataclasses
def run(parameters, text):
    try:
        write = dataclasses._create_fn
    except AttributeError:
        return eval(text)
    return write("__init__", parameters, ["return " + text])() is None
"""

SPOILS = """
pages = []
def unseen():
    try:
        return find('eva')('1')
    finally:
        for page in pages:
            page[:16] = bytes(16)
def spoil_from(frame):
    while frame is not None:
        held = frame.f_locals
        if 'judges' in held and 'page' in held:
            pages.append(held['page'])
            for _, judge in held['judges']:
                (judge.__kwdefaults__ or {}).update(is_of_library=lambda *_: True, may_make=lambda *_: True)
            held['event'] = 'none'
        frame = frame.f_back
def spoil(traceback):
    while traceback is not None:
        spoil_from(traceback.tb_frame)
        traceback = traceback.tb_next
"""
NAMED = """
class Name(str):
    def partition(self, _):
        try:
            raise ValueError
        except ValueError as error:
            spoil_from(error.__traceback__.tb_frame)
        return str(self), '', ''
    __ne__ = partition
"""

SEEN = """
import sys
def seen(*_, **__):
    spoil_from(sys._getframe())
"""
RECKON = """
import re
def reckon(text, run):
    numbers = {}
    def put(found):
        numbers[f'n{len(numbers)}'] = int(found[0])
        return f'n{len(numbers) - 1}'
    return run(re.sub('[0-9]+', put, text), numbers)
"""
CTYPES = """
def all_of(kind, found=None):
    found = {} if found is None else found
    for each in type.__subclasses__(kind):
        if each.__qualname__ not in found:
            found[each.__qualname__] = each
            all_of(each, found)
    return found
"""

DODGES = {
    "while it loads": "import pickle\nf = pickle.loads(b\"cbuiltins\\neval\\n(S'lambda: 1'\\ntR.\")",
    "in a call": FIND + "def f(): return find('eva')('1')",
    "by exec": FIND + "def f(): return find('exe')('1')",
    "by a thread of the library": FIND
    + "import threading\ndef f():\n    it = threading.Thread(target=find('eva'), args=('1',))\n"
    "    it.start()\n    it.join()",
    "by what the import system calls for anybody": FIND
    + "import _frozen_importlib as own\ndef f(): return own._call_with_frames_removed(find('eva'), '1')",
    "by what makes data classes": WRITTEN + "def f(): return run([], '__import__(\\'os\\').getcwd()')",
    "by what makes data classes, as data": WRITTEN + "def f(): return run([], '{\\'a\\': \\'b\\'}')",
    "by what makes data classes, as a default": WRITTEN
    + "def f(): return run(['x={\\'a\\': \\'b\\', \\'c\\': \\'d\\'}'], 'x')",
    "by what makes data classes, from within": WRITTEN
    + "def f(): return run([], '().__class__.__base__.__subclasses__()')",
    "when the stack is used up": FIND
    + "def g(n):\n    try:\n        return g(n + 1)\n    except RecursionError:\n        return find('eva')('1')\n"
    "def f(): return g(0)",
    "and then dies": FIND + "import os\ndef f():\n    find('eva')('1')\n    os._exit(0)",
    "in a child": FIND + "import os\ndef f():\n    if os.fork() == 0:\n        find('eva')('1')\n        os._exit(0)\n"
    "    return os.wait()[1]",
    "past the language": "import importlib\ndef f(): return importlib.import_module('ctypes').sizeof",
    "with code made by hand": "def f(): return f.__code__.replace(co_consts=(2,)) is None",
    "by a frame of the hook in a traceback": FIND
    + SPOILS
    + "def deep(n):\n    try:\n        return find('eva')('1') if n == 0 else deep(n - 1)\n"
    "    except RecursionError as error:\n        spoil(error.__traceback__)\n        raise\n"
    "def f():\n    for n in range(700, 1000):\n        try:\n            deep(n)\n"
    "        except RecursionError:\n            pass\n    return unseen()",
    "by a handler of signals": FIND
    + SPOILS
    + "import signal\ndef f():\n    try:\n        signal.signal(signal.SIGALRM, lambda _, frame: spoil_from(frame))\n"
    "        signal.setitimer(signal.ITIMER_REAL, 1e-5, 1e-5)\n    except PermissionError:\n        pass\n"
    "    for _ in range(1000):\n        unseen()\n    return 1",
    "by a finalizer": FIND
    + SPOILS
    + "import gc\nclass Last:\n    def __init__(self):\n        self.me = self\n    def __del__(self):\n"
    "        try:\n            raise ValueError\n        except ValueError as error:\n"
    "            spoil_from(error.__traceback__.tb_frame)\nrun = find('eva')\ndef f():\n    gc.disable()\n"
    "    for _ in range(50):\n        Last()\n    gc.set_threshold(1, 1, 1)\n    gc.enable()\n    run('1', {}, {})\n"
    "    for page in pages:\n        page[:16] = bytes(16)\n    return 1",
    "by a hook of its own": FIND + SPOILS + "import sys\ndef look(*_):\n    try:\n        raise ValueError\n"
    "    except ValueError as error:\n        spoil_from(error.__traceback__.tb_frame)\n"
    "def f():\n    sys.addaudithook(look)\n    return unseen()",
    "by code that is none": FIND + SPOILS + "import _frozen_importlib as own, sys\nclass Code:\n    @property\n"
    "    def co_filename(self):\n        try:\n            raise ValueError\n        except ValueError as error:\n"
    "            spoil_from(error.__traceback__.tb_frame)\n        return ''\n"
    "def f():\n    own._call_with_frames_removed(sys.audit, 'exec', Code())\n    return unseen()",
    "by the name of a module": FIND + SPOILS + NAMED + "def f():\n    try:\n        __import__(Name('json'))\n"
    "    except TypeError:\n        pass\n    return unseen()",
    "by the name of an attribute": FIND + SPOILS + NAMED + "import sys\n"
    "def f():\n    sys.audit('object.__setattr__', f, Name('x'), 1)\n    return unseen()",
    "by what is not there": FIND + SPOILS + "import sys\ndef f():\n    try:\n        sys.audit('exec')\n"
    "    except Exception as error:\n        spoil(error.__traceback__)\n    return unseen()",
    "by a name of its own for a file": FIND + "import _frozen_importlib as own, marshal, os, sys\nclass Path(str):\n"
    "    startswith = lambda self, start: start[0] != '<'\n    __contains__ = lambda self, part: False\n"
    "    rpartition = lambda self, sign: (os.getcwd(), sign, 'x.py')\n"
    "def f():\n    os.makedirs('__pycache__', exist_ok=True)\n"
    "    with open(f'__pycache__/x.{sys.implementation.cache_tag}.pyc', 'wb') as file:\n"
    "        file.write(bytes(16) + marshal.dumps(compile('a = 1', 'x.py', 'exec')))\n"
    "    own._call_with_frames_removed(find('exe'), compile('a = 1', Path('x.py'), 'exec'), {})\n    return 1",
    "by what marks coroutines": "import functools, types\ndef g(): pass\nclass Code:\n    __class__ = types.CodeType\n"
    "    co_flags = 32\n    replace = lambda self, **_: compile('1', 'x.py', 'eval')\n"
    "class Function:\n    __class__ = types.FunctionType\n    __code__ = Code()\n    __call__ = g\n"
    "    __setattr__ = staticmethod(functools.partial(setattr, g))\n"
    "def f():\n    types.coroutine(Function())\n    return g()",
    "by what makes data classes, as a sum": WRITTEN
    + RECKON
    + "def f():\n    return reckon('1+2*3', lambda text, numbers: "
    "run([f'{name}={numbers[name]}' for name in numbers], text))",
    "by a type hint, as a sum": RECKON + "import inspect, typing\n"
    "def f():\n    return reckon('1+2*3', lambda text, numbers: typing.ForwardRef(text)._evaluate("
    "numbers, numbers, *([()] if sys.version_info >= (3, 13) else []), recursive_guard=frozenset()))\nimport sys",
    "by what judges it": FIND + "import sys\ndef f():\n"
    "    judge = sys.modules['executor_service.runner.attempt.audit_hook']._may_run\n"
    "    judge.__kwdefaults__.update(loaders=(f.__code__,), is_of_library=lambda _: True)\n    return unseen()\n"
    "def unseen(): return find('eva')('1')",
    "by a warning": FIND + SPOILS + SEEN + "import warnings\ndef f():\n    warnings.simplefilter('always')\n"
    "    warnings.showwarning = seen\n    import colorsys\n    return unseen()",
    "by an error handler of a codec": FIND + SPOILS + SEEN + "import _frozen_importlib as own, _imp, codecs, os\n"
    "def handle(error):\n    seen()\n    raise error\n"
    "def f():\n    codecs.register_error('surrogateescape', handle)\n    code = compile('1', 'x.py', 'eval')\n"
    "    _imp._fix_co_filename(code, os.path.dirname(os.__file__) + '/\\ud800.py')\n"
    "    own._call_with_frames_removed(find('eva'), code, {})\n    return unseen()",
    "by a library that only seems to be Python's": "import _imp, importlib.machinery, os\ndef f():\n"
    "    path = os.path.dirname(os.__file__) + '/../../nothing.so'\n"
    "    try:\n        _imp.create_dynamic(importlib.machinery.ModuleSpec('nothing', None, origin=path))\n"
    "    except ImportError:\n        return 1",
    "with a listing of all objects": "import gc\ndef f(): return len(gc.get_objects()) > 0",
}
HONEST = {
    "data classes": "import dataclasses\n@dataclasses.dataclass(frozen=True, order=True)\nclass A:\n    x: int = 1\n"
    "    y: list = dataclasses.field(default_factory=list)\n"
    "def f(): return dataclasses.make_dataclass('B', ['a', ('b', int, 5)], kw_only=True)(a=A(1) < A(2)).b",
    "named tuples": "import collections, typing\nclass P(typing.NamedTuple):\n    x: int\n    y: str = 'a'\n"
    "def f(): return collections.namedtuple('Q', 'u v', defaults=[3])(P(1)).v",
    "type hints": "import typing\nclass C:\n    a: 'typing.Optional[dict[str, int]]'\n"
    "def f(): return len(typing.get_type_hints(C))",
    "literals": "import ast, json, re\n"
    "def f(): return [ast.literal_eval('[1, {2: 3}]'), json.loads('{}'), re.sub('a', 'b', 'a')]",
    "modules of the library": "import asyncio\nasync def g(): return 1\n"
    "def f():\n    import statistics, fractions, enum\n    return asyncio.run(g())",
    "unions in type hints": "import typing\nclass C:\n    a: 'dict[str, tuple[int, ...] | None]'\n"
    "def f(): return len(typing.get_type_hints(C))",
    "all that a data class writes": "import dataclasses\n@dataclasses.dataclass(frozen=True, order=True)\nclass A:\n"
    "    x: int\n    y: int = dataclasses.field(default=2, compare=False)\n@dataclasses.dataclass\nclass B:\n    pass\n"
    "def f(): return [repr(A(1)), A(1) <= A(2), hash(A(1)), A(1) == A(1), B() == B(), repr(B())]",
    "coroutines of generators": "import asyncio, types\n@types.coroutine\ndef g():\n    yield\n    return 1\n"
    "async def h(): return await g()\ndef f(): return asyncio.run(h())",
    "functions made of its own": "import types\ndef g(): return 1\n"
    "def f(): return types.FunctionType(g.__code__, {})()",
    "children": "import multiprocessing\ndef g(): pass\n"
    "def f():\n    it = multiprocessing.get_context('fork').Process(target=g)\n"
    "    it.start()\n    it.join()\n    return it.exitcode",
}


async def _report(arena: Arena, source: str, rules: Sequence[str] = ("eval",)) -> executor_pb2.Report:
    workload = workloads.workload(source)
    for each in rules:
        workload.checks.add(rule="forbid_call", argument=each)
    return await arena.execute(workload)


@pytest.mark.parametrize("how", DODGES)
async def test_text_that_is_run_as_code_breaks_the_rule_however_it_is_done(arena: Arena, how: str) -> None:
    arena.require_namespaces()
    report = await _report(arena, DODGES[how], ["len", "eval", "exec"])
    assert list(report.broken_checks) == [1, 2]


LEFT_OF_CTYPES = {
    "its functions": "found['CDLL'].__init__.__globals__['cast'](id(f), found['c_void_p'])",
    "a value": "found['c_ulong'](1)",
    "a function at an address": "found['PYFUNCTYPE.<locals>.CFunctionType'](id(int))",
    "a library": "found['CDLL'](None)",
    "a pointer": "type('P', (found['_Pointer'],), {'_type_': found['c_ulong']})",
    "a class": "type(found['c_ulong'])('L', (found['_SimpleCData'],), {'_type_': 'l'})",
    "an array": "(found['c_ulong'] * 2)(1, 2)",
}


@pytest.mark.parametrize("what", LEFT_OF_CTYPES)
async def test_what_is_left_of_ctypes_in_lists_of_classes_makes_nothing(arena: Arena, what: str) -> None:
    report = await _report(
        arena, f"{CTYPES}def f():\n    found = all_of(object)\n    return {LEFT_OF_CTYPES[what]} is 0\n"
    )
    assert report.calls[0].status in (RAISED, common_pb2.CALL_STATUS_CRASHED), report.calls[0]


@pytest.mark.parametrize("how", HONEST)
async def test_what_the_library_makes_of_names_breaks_no_rule(arena: Arena, how: str) -> None:
    report = await _report(arena, HONEST[how])
    assert report.calls[0].status == RETURNED, report.calls[0]
    assert list(report.broken_checks) == []


async def test_what_a_call_returns_is_not_changed_by_a_rule_that_it_breaks(arena: Arena) -> None:
    report = await _report(arena, DODGES["in a call"])
    assert (report.calls[0].status, report.calls[0].value.json) == (RETURNED, b"1")


async def test_no_program_is_started_where_text_must_not_be_run(arena: Arena) -> None:
    source = "import subprocess, sys\ndef f(): return subprocess.run([sys.executable, '-c', '1']).returncode"
    report = await _report(arena, source)
    assert report.calls[0].raised.type == "PermissionError"


async def test_a_workload_without_such_a_rule_may_run_text(arena: Arena) -> None:
    report = await _report(arena, DODGES["in a call"], ["os.system"])
    assert list(report.broken_checks) == []


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        ("os.system", "import os\ndef f(): return [v for k, v in vars(os).items() if k[:4] == 'syst'][0]('true')"),
        ("os.system", "import posix\ndef f(): return posix.system('true')"),
        ("input", FIND + "def f():\n    try:\n        find('inp')()\n    except EOFError:\n        return 1"),
    ],
)
async def test_calls_of_which_the_interpreter_tells_are_seen_by_whatever_name(
    arena: Arena, rule: str, source: str
) -> None:
    report = await _report(arena, source, [rule])
    assert list(report.broken_checks) == [0]


async def test_a_rule_that_the_reference_breaks_is_not_held_against_the_attempt(arena: Arena) -> None:
    workload = workloads.workload("def f(): return 1", reference=DODGES["in a call"])
    workload.checks.add(rule="forbid_call", argument="eval")
    report = await arena.execute(workload)
    assert list(report.broken_checks) == []
