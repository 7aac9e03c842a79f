"""Programs of every kind that people send: what each prints and how it ends, an interpreter on its own decides."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Program:
    """source: text is UTF-8. same_errors: what it writes to stderr is told by the source too, and not by the moment."""

    source: str | bytes
    stdin: bytes = b""
    same_errors: bool = True

    @property
    def data(self) -> bytes:
        return self.source if isinstance(self.source, bytes) else self.source.encode()


_SQUARES = "import multiprocessing as mp\ndef f(x):\n    return x * x\nif __name__ == '__main__':\n"
_RAISES = "def inner(x):\n    return x / 0\n\ndef outer():\n    inner(1)\n\n"

_ENDS = {
    "the end of the source": Program("print(5)"),
    "exit": Program("print(5)\nexit()\n"),
    "quit": Program("print(5)\nquit()\n"),
    "exit with a status": Program("exit(3)"),
    "exit with a text": Program("exit('not today')"),
    "exit closes stdin": Program("import sys\ntry:\n    exit(4)\nexcept SystemExit:\n    print(sys.stdin.closed)\n"),
    "what site adds": Program("print(exit, quit, repr(copyright)[:9], credits is not None, license, help)"),
    "help": Program("help(abs)"),
    "sys.exit": Program("import sys\nsys.exit()"),
    "sys.exit with None": Program("import sys\nsys.exit(None)"),
    "sys.exit with zero": Program("import sys\nsys.exit(0)"),
    "sys.exit with True": Program("import sys\nsys.exit(True)"),
    "sys.exit with 256": Program("import sys\nsys.exit(256)"),
    "sys.exit with -1": Program("import sys\nsys.exit(-1)"),
    "sys.exit with a number beyond all": Program("import sys\nsys.exit(2 ** 70)"),
    "sys.exit with a float": Program("import sys\nsys.exit(2.5)"),
    "sys.exit with a tuple": Program("import sys\nsys.exit((1, 'two'))"),
    "sys.exit with an empty text": Program("import sys\nsys.exit('')"),
    "sys.exit with what has no text": Program("class Odd:\n    def __str__(self): 1 / 0\nraise SystemExit(Odd())"),
    "sys.exit in a function with finally": Program(
        "import sys\ndef f():\n    try:\n        sys.exit(7)\n    finally:\n        print('finally')\nf()"
    ),
    "a class of its own from SystemExit": Program("class Bye(SystemExit): pass\nraise Bye(9)"),
    "os._exit loses what was not flushed": Program("import os\nprint('lost')\nos._exit(3)"),
    "os._exit after a flush": Program("import os\nprint('kept', flush=True)\nprint('lost')\nos._exit(3)"),
    "argparse refuses": Program("import argparse\nargparse.ArgumentParser().parse_args(['--nope'])"),
}
_AT_EXIT = {
    "handlers, the last one first": Program(
        "import atexit\nfor n in range(3):\n    atexit.register(print, 'handler', n)\nprint('main')"
    ),
    "a handler after an exception": Program("import atexit\natexit.register(print, 'handler')\n1 / 0"),
    "a handler that raises": Program(
        "import atexit\natexit.register(print, 'next')\natexit.register(lambda: 1 / 0)", same_errors=False
    ),
    "a handler that exits": Program("import atexit, sys\natexit.register(sys.exit, 5)\nprint('main')"),
    "no handler after os._exit": Program("import atexit, os\natexit.register(print, 'handler')\nos._exit(0)"),
    "an object that is deleted last": Program(
        "class C:\n    def __del__(self): print('deleted')\nc = C()\nprint('main')"
    ),
    "a finalizer": Program("import weakref\nclass C: pass\nc = C()\nweakref.finalize(c, print, 'gone')\nprint('main')"),
    "a generator that was not finished": Program(
        "def g():\n    try:\n        yield 1\n    finally:\n        print('closed')\ni = g()\nprint(next(i))"
    ),
    "__del__ raises": Program("class C:\n    def __del__(self): 1 / 0\nC()\nprint('on')", same_errors=False),
}
_THREADS = {
    "a thread that nobody joins": Program(
        "import threading\ndef main():\n    a, b = map(int, input().split())\n    total = 0\n"
        "    for i in range(200000):\n        total += i\n    print(a + b)\nthreading.Thread(target=main).start()\n",
        b"2 3\n",
    ),
    "a thread that waits": Program(
        "import threading, time\ndef f():\n    time.sleep(0.2)\n    print('thread')\n"
        "threading.Thread(target=f).start()\nprint('main')"
    ),
    "threads that start threads": Program(
        "import threading\ndef f(n):\n    print(n)\n    if n:\n"
        "        threading.Thread(target=f, args=(n - 1,)).start()\nthreading.Thread(target=f, args=(3,)).start()"
    ),
    "a daemon is not awaited": Program(
        "import threading, time\nthreading.Thread(target=time.sleep, args=(100,), daemon=True).start()\nprint('main')"
    ),
    "a timer": Program("import threading\nthreading.Timer(0.1, print, ['later']).start()\nprint('now')"),
    "a thread is awaited after an exception": Program(
        "import threading, time\ndef f():\n    time.sleep(0.2)\n    print('thread')\n"
        "threading.Thread(target=f).start()\n1 / 0"
    ),
    "a thread is awaited before handlers": Program(
        "import atexit, threading, time\natexit.register(print, 'handler')\n"
        "threading.Thread(target=lambda: (time.sleep(0.1), print('thread'))).start()"
    ),
    "an exception in a thread": Program(
        "import threading\ndef f():\n    raise ValueError('in a thread')\n"
        "t = threading.Thread(target=f)\nt.start()\nt.join()\nprint('on')"
    ),
    "a hook for threads": Program(
        "import threading\nthreading.excepthook = lambda a: print('hook', a.exc_type.__name__)\n"
        "threading.Thread(target=lambda: 1 / 0).start()"
    ),
    "sys.exit in a thread": Program("import sys, threading\nthreading.Thread(target=sys.exit, args=(3,)).start()"),
    "a pool of threads": Program(
        "from concurrent.futures import ThreadPoolExecutor\n"
        "with ThreadPoolExecutor(3) as pool:\n    print(list(pool.map(lambda x: x * x, range(5))))"
    ),
    "a pool of threads that nobody shuts down": Program(
        "import time\nfrom concurrent.futures import ThreadPoolExecutor\n"
        "ThreadPoolExecutor(1).submit(lambda: (time.sleep(0.1), print('done')))\nprint('main')"
    ),
    "a deep recursion in a thread with a large stack": Program(
        "import sys, threading\nsys.setrecursionlimit(10 ** 6)\nthreading.stack_size(1 << 27)\n"
        "def depth(n):\n    return 0 if n == 0 else 1 + depth(n - 1)\n"
        "def main():\n    print(depth(20000))\nt = threading.Thread(target=main)\nt.start()\nt.join()\n"
    ),
    "a deep recursion on a stack without a limit": Program(
        "import resource, sys\nresource.setrlimit(resource.RLIMIT_STACK, (resource.RLIM_INFINITY,) * 2)\n"
        "sys.setrecursionlimit(1 << 20)\ndef depth(n):\n    return 0 if n == 0 else 1 + depth(n - 1)\n"
        "print(depth(30000))"
    ),
    "the names of threads": Program(
        "import threading\nprint(threading.current_thread().name, threading.active_count())"
    ),
}
_PROCESSES = {
    **{
        f"a pool, {method}": Program(
            f"{_SQUARES}    with mp.get_context({method!r}).Pool(2) as p:\n        print(p.map(f, range(3)))\n"
        )
        for method in ("fork", "spawn", "forkserver")
    },
    **{
        f"an executor, {method}": Program(
            f"from concurrent.futures import ProcessPoolExecutor\n{_SQUARES}    context = mp.get_context({method!r})\n"
            "    with ProcessPoolExecutor(2, mp_context=context) as p:\n        print(list(p.map(f, range(3))))\n"
        )
        for method in ("fork", "spawn", "forkserver")
    },
    **{
        f"a process that raises, {method}": Program(
            "import multiprocessing as mp\ndef f():\n    raise ValueError('in a child')\n"
            f"if __name__ == '__main__':\n    p = mp.get_context({method!r}).Process(target=f)\n"
            "    p.start()\n    p.join()\n    print(p.exitcode)\n"
        )
        for method in ("fork", "spawn", "forkserver")
    },
    "a method for all": Program(
        f"{_SQUARES}    mp.set_start_method('spawn')\n    with mp.Pool(1) as p:\n        print(p.map(f, [4]))\n"
    ),
    "the method by default": Program("import multiprocessing as mp\nprint(mp.get_start_method())"),
    "the main module of a spawned process": Program(
        "import multiprocessing as mp, os\nprint(__name__, os.path.basename(__file__), flush=True)\n"
        "if __name__ == '__main__':\n    p = mp.get_context('spawn').Process(target=print, args=('child',))\n"
        "    p.start()\n    p.join()\n"
    ),
    "a spawned process without a guard": Program(
        "import multiprocessing as mp\np = mp.get_context('spawn').Process(target=print)\np.start()\np.join()\n"
        "print(p.exitcode)"
    ),
    "a queue, a lock and a shared value": Program(
        "import multiprocessing as mp\ndef f(queue, lock, total):\n    with lock:\n        total.value += 2\n"
        "    queue.put('put')\nif __name__ == '__main__':\n"
        "    queue, lock, total = mp.Queue(), mp.Lock(), mp.Value('i', 1)\n"
        "    p = mp.Process(target=f, args=(queue, lock, total))\n    p.start()\n    print(queue.get())\n"
        "    p.join()\n    print(total.value)\n"
    ),
    "a manager": Program(
        "import multiprocessing as mp\ndef f(known):\n    known['child'] = 1\nif __name__ == '__main__':\n"
        "    with mp.Manager() as manager:\n        known = manager.dict()\n"
        "        p = mp.Process(target=f, args=(known,))\n        p.start()\n        p.join()\n"
        "        print(dict(known))\n"
    ),
    "shared memory": Program(
        "from multiprocessing import shared_memory\nm = shared_memory.SharedMemory(create=True, size=100)\n"
        "m.buf[0] = 7\nprint(m.buf[0])\nm.close()\nm.unlink()\n"
    ),
    "a child that nobody joins": Program(
        "import multiprocessing as mp, time\ndef f():\n    time.sleep(0.2)\n    print('child')\n"
        "if __name__ == '__main__':\n    mp.Process(target=f).start()\n"
    ),
    "a fork": Program(
        "import os\npid = os.fork()\nif pid == 0:\n    print('child', flush=True)\n    os._exit(5)\n"
        "print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))"
    ),
    "a program of its own": Program(
        "import subprocess, sys\ncommand = [sys.executable, '-c', 'print(input()); exit(3)']\n"
        "ran = subprocess.run(command, input='x', text=True, capture_output=True)\n"
        "print(ran.returncode, repr(ran.stdout), repr(ran.stderr))"
    ),
    "itself": Program(
        "import subprocess, sys\nprint(sys.argv[1:], flush=True)\nif len(sys.argv) == 1:\n"
        "    subprocess.run([sys.executable, __file__, 'again'], check=True)\n"
    ),
    "a program that replaces it": Program(
        "import os, sys\nos.execv(sys.executable, [sys.executable, '-c', 'print(\"another\")'])"
    ),
    "a shell": Program("import os\nprint(os.system('echo shell; exit 3') >> 8)\n"),
    "a module by its name": Program(
        "import subprocess, sys\nprint(__spec__ and __spec__.name, sys.argv[1:], flush=True)\nif len(sys.argv) == 1:\n"
        "    subprocess.run([sys.executable, '-m', 'fix', 'again'], check=True)\n"
        "    subprocess.run([sys.executable, '-m', 'json.tool'], input=b'[1]', check=True)\n"
    ),
    "a pipe that closes": Program(
        "import subprocess, sys\nsys.stdout.flush()\nsubprocess.run('yes | head -n 2', shell=True, check=True)"
    ),
}
_ASYNCIO = {
    "asyncio.run": Program(
        "import asyncio\nasync def f(n):\n    await asyncio.sleep(0.01 * n)\n    return n\n"
        "async def main():\n    print(await asyncio.gather(*map(f, range(3))))\nasyncio.run(main())"
    ),
    "asyncio.run raises": Program("import asyncio\nasync def main():\n    raise KeyError('k')\nasyncio.run(main())"),
    "a group of tasks fails": Program(
        "import asyncio\nasync def bad(n):\n    raise ValueError(n)\nasync def main():\n"
        "    async with asyncio.TaskGroup() as group:\n        tasks = [group.create_task(bad(n)) for n in (1, 2)]\n"
        "try:\n    asyncio.run(main())\nexcept* ValueError as group:\n    print(group.exceptions)"
    ),
    "work in a thread": Program("import asyncio\nprint(asyncio.run(asyncio.to_thread(sum, [1, 2])))"),
    "a process of asyncio": Program(
        "import asyncio, sys\nasync def main():\n    process = await asyncio.create_subprocess_exec(\n"
        "        sys.executable, '-c', 'print(6)', stdout=asyncio.subprocess.PIPE)\n"
        "    print(await process.communicate())\nasyncio.run(main())"
    ),
    "a coroutine that was never awaited": Program("async def f(): pass\nf()\nprint('on')"),
}
_SOURCE_OF = {
    "the source of a function": Program("import inspect\ndef f():\n    return 1\nprint(inspect.getsource(f))\n"),
    "the source of a class": Program(
        "import inspect\nclass C:\n    x = 1\n\n    def m(self): ...\nprint(inspect.getsource(C))"
    ),
    "the source of a lambda": Program("import inspect\nf = lambda x: x + 1  # here\nprint(inspect.getsource(f))"),
    "the source of the module": Program("import inspect, sys\nprint(inspect.getsource(sys.modules['__main__']))"),
    "who called": Program(
        "import inspect\ndef f():\n    return inspect.stack()[1].code_context, len(inspect.stack())\nprint(f())"
    ),
    "a decorated dataclass": Program(
        "from dataclasses import dataclass\nimport inspect\n@dataclass\nclass P:\n    x: int = 0\n"
        "print(P(3), inspect.getsource(P))"
    ),
    "its documentation tested": Program(
        'def f():\n    """\n    >>> f()\n    2\n    """\n    return 1\nimport doctest\nprint(doctest.testmod())'
    ),
}
_ERRORS = {
    "a traceback": Program(f"{_RAISES}outer()\n"),
    "a traceback over several lines": Program("def f(a, b):\n    return a\n\nf(\n    1,\n    [][0],\n)\n"),
    "a traceback that is printed": Program(
        f"import traceback\n{_RAISES}try:\n    outer()\nexcept ZeroDivisionError:\n    traceback.print_exc()\n"
    ),
    "during the handling of another": Program("try:\n    1 / 0\nexcept ZeroDivisionError:\n    {}['key']\n"),
    "raise from": Program("try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    raise ValueError('because') from e\n"),
    "raise from None": Program("try:\n    1 / 0\nexcept ZeroDivisionError:\n    raise ValueError('alone') from None\n"),
    "a group": Program("raise ExceptionGroup('several', [ValueError(1), ExceptionGroup('in it', [KeyError('k')])])"),
    "notes": Program("e = ValueError('noted')\ne.add_note('one\\ntwo')\ne.add_note('three')\nraise e"),
    "recursion": Program("def f(n):\n    return f(n + 1)\nf(0)"),
    "recursion of two": Program("def f():\n    g()\ndef g():\n    f()\nf()"),
    "how deep it goes": Program(
        "def f(n):\n    try:\n        return f(n + 1)\n    except RecursionError:\n        return n\nprint(f(1))"
    ),
    "a hook": Program("import sys\nsys.excepthook = lambda *a: print('hook', a[0].__name__, a[1])\n1 / 0"),
    "a hook that raises": Program(
        "import sys\ndef hook(*a):\n    raise TypeError('in the hook')\nsys.excepthook = hook\n1 / 0"
    ),
    "no hook": Program("import sys\ndel sys.excepthook\n1 / 0"),
    "a text that cannot be had": Program("class E(Exception):\n    def __str__(self): return 1 / 0\nraise E"),
    "a class in a class": Program("class A:\n    class E(Exception): pass\nraise A.E('qualified')"),
    "a module of its own": Program("class E(Exception):\n    __module__ = 'other'\nraise E('x')"),
    "no message": Program("raise ValueError"),
    "a message of lines": Program("raise ValueError('one\\ntwo')"),
    "a message that is no text": Program("raise ValueError('\\udc80 \\ud800 é')"),
    "a key": Program("{}['k']"),
    "a name that is near": Program("value = 1\nprint(valeu)"),
    "an attribute that is near": Program("import math\nmath.flor(1)"),
    "an import": Program("from math import nothing_like_it"),
    "a package that is not there": Program("import numpy_is_not_here"),
    "an assertion": Program("x = 3\nassert x == 4, f'{x} is not 4'"),
    "an interrupt": Program("print('before')\nraise KeyboardInterrupt"),
    "an exception after output": Program("import sys\nprint('out')\nprint('err', file=sys.stderr)\n1 / 0"),
    "an exception in text that is run": Program("exec('x = 1\\ny = x / 0')"),
    "a syntax error in text that is run": Program("exec('def f(:\\n    pass')"),
    "a syntax error in text that is evaluated": Program("print(eval('1 +'))"),
    "indentation in text that is run": Program("compile('if 1:\\nx', 'given', 'exec')"),
    "a syntax error in an imported module": Program(
        "open('other.py', 'w').write('def f(x)\\n    return x\\n')\nimport other"
    ),
    "a syntax error of its own making": Program(
        "raise SyntaxError('odd', ('fix.py', 1, 7, 'raise SyntaxError', 1, 12))"
    ),
    "an exception in an imported module": Program(
        "open('other.py', 'w').write('def f(x):\\n    return x / 0\\n')\nimport other\nother.f(3)"
    ),
    "an exception in the standard library": Program("import json\njson.loads('{')"),
    "an exception beyond Latin": Program("größe = '→'\n数 = [größe, 1 / 0]  # π"),
    "a broken generator": Program("def g():\n    yield 1\n    raise StopIteration\nlist(g())"),
    "no memory": Program("x = bytearray(10 ** 13)"),
    "a debugger at the end of input": Program("x = 1\nbreakpoint()\nprint('on')", same_errors=False),
    "unit tests": Program(
        "import unittest\nclass T(unittest.TestCase):\n    def test(self): self.assertEqual(1, 2)\nunittest.main()",
        same_errors=False,
    ),
}
_WARNINGS = {
    "a warning": Program("import warnings\nwarnings.warn('mind')\nprint('on')"),
    "of what goes away, in the main module": Program(
        "import warnings\ndef f():\n    warnings.warn('old', DeprecationWarning, stacklevel=2)\nf()"
    ),
    "of what will go away": Program("import warnings\nwarnings.warn('soon', PendingDeprecationWarning)"),
    "as errors": Program("import warnings\nwarnings.simplefilter('error')\nwarnings.warn('fatal')"),
    "of the compiler": Program("x = 1\nprint(x is 1)\nprint('\\d')\nassert (x, 'always')\n"),
    "of the log": Program("import logging\nlogging.warning('mind')\nlogging.info('unseen')"),
    "of a file left open": Program("open('f', 'w')\nprint('on')"),
}
_MAIN = {
    "a guard": Program("print(__name__)\nif __name__ == '__main__':\n    print('guarded')"),
    "its names": Program("print(sorted(globals()))"),
    "what its names are": Program(
        "import os\nprint(__doc__, __spec__, __package__, type(__loader__).__name__, os.path.basename(__file__),"
        " os.path.dirname(__file__) == os.getcwd(), __builtins__)"
    ),
    "its arguments": Program("import sys\nprint(sys.argv, sys.orig_argv[1:], sys.warnoptions, sys._xoptions)"),
    "where it looks first": Program("import os, sys\nprint(sys.path[0] == os.getcwd(), '' in sys.path)"),
    "its folder": Program("import os\nprint(os.listdir())"),
    "itself imported": Program("print(__name__)\nimport fix\nprint(fix.__name__, fix is not __import__('__main__'))"),
    "itself from the table of modules": Program(
        "import sys\nx = 5\nprint(sys.modules['__main__'].x, 'fix' in sys.modules)"
    ),
    "a module that it writes": Program("open('other.py', 'w').write('x = 8')\nfrom other import x\nprint(x)"),
    "files that it writes": Program("with open('data.txt', 'w') as f: f.write('kept')\nprint(open('data.txt').read())"),
    "a file in memory": Program(
        "import tempfile\nwith tempfile.TemporaryFile() as f:\n    f.write(b'x')\n    print(f.tell())"
    ),
    "a pickle of its own class": Program(
        "import pickle\nclass C:\n    def __init__(self): self.x = 4\nprint(pickle.loads(pickle.dumps(C())).x, C)"
    ),
    "its annotations": Program("from __future__ import annotations\nimport typing\nx: int = 1\nprint(__annotations__)"),
    "a shadowed module": Program(
        "open('statistics.py', 'w').write('mean = 3')\nimport statistics\nprint(statistics.mean)"
    ),
    "run again by runpy": Program(
        "import runpy\nif __name__ == '__main__':\n    runpy.run_path(__file__)\nprint(__name__)"
    ),
    "how deep it starts": Program("import sys\nprint(sys._getframe().f_back, sys.getrecursionlimit())"),
    "its flags": Program("import sys\nprint(sys.flags)"),
    "its signals": Program(
        "import signal\nprint([signal.getsignal(n) for n in (1, 2, 13, 15, 17)])", same_errors=False
    ),
}
_STDIN = {
    "input": Program("print(int(input()) + int(input()))", b"2\n3\n"),
    "input with a prompt": Program("name = input('name? ')\nprint('hello', name)", b"x\n"),
    "input at the end": Program("print(input())\ninput()", b"only\n"),
    "input until the end": Program(
        "try:\n    while True: print(input())\nexcept EOFError:\n    print('end')", b"a\nb\nc"
    ),
    "no input": Program("import sys\nprint(repr(sys.stdin.read()))"),
    "read": Program("import sys\nprint(repr(sys.stdin.read()))", b"a\nb"),
    "readline": Program("import sys\nprint(repr(sys.stdin.readline()), repr(sys.stdin.readline()))", b"a\nb"),
    "readlines": Program("import sys\nprint(sys.stdin.readlines())", b"a\n\nb\n"),
    "iteration": Program("import sys\nprint([line.strip() for line in sys.stdin])", b"1\n2\n3\n"),
    "input and iteration": Program("import sys\nn = int(input())\nprint(n, list(sys.stdin))", b"2\na\nb\n"),
    "bytes": Program("import sys\nprint(sys.stdin.buffer.read())", b"a\xff\r\n\0"),
    "lines of bytes": Program("import sys\ninput = sys.stdin.buffer.readline\nprint(int(input()), input())", b"7\nx\n"),
    "open(0)": Program("print(open(0).read().split())", b"a b\nc"),
    "open(0) by lines": Program("n, *rest = open(0)\nprint(n, rest)", b"2\na\nb\n"),
    "the device": Program("print(open('/dev/stdin').read())", b"by name"),
    "its descriptor by name": Program("print(open('/dev/fd/0').readline(), open('/proc/self/fd/0').read())", b"a\nb"),
    "fileinput": Program(
        "import fileinput\nfor line in fileinput.input():\n    print(fileinput.lineno(), line)", b"a\nb\n"
    ),
    "os.read": Program("import os\nprint(os.read(0, 100))", b"raw"),
    "io.BytesIO of all": Program(
        "import io, os\nprint(io.BytesIO(os.read(0, os.fstat(0).st_size or 99)).readlines())", b"1\n2\n"
    ),
    "selectors": Program(
        "import select, sys\nprint(select.select([sys.stdin], [], [], 5)[0] == [sys.stdin], input())", b"x\n"
    ),
    "line ends of Windows": Program("import sys\nprint(repr(sys.stdin.read()))", b"a\r\nb\r\n"),
    "what is no UTF-8": Program("import sys\nprint(ascii(sys.stdin.read()))", b"\xff\xc3\xa9"),
    "what it is": Program(
        "import sys\ns = sys.stdin\nprint(s.isatty(), s.encoding, s.errors, s.fileno(), s.name, s.mode)"
    ),
    "closed": Program("import sys\nsys.stdin.close()\ninput()"),
    "more than is read": Program("print(input())", b"first\n" + b"x" * 300_000),
    "much": Program("import sys\nprint(len(sys.stdin.read()))", b"line\n" * 60_000),
    "read by a child": Program(
        "import subprocess, sys\nsubprocess.run([sys.executable, '-c', 'print(input())'])", b"theirs\n"
    ),
    "read twice": Program("import sys\nprint(sys.stdin.read(), repr(sys.stdin.read()))", b"once"),
}
_STDOUT = {
    "without an end of line": Program("print('x', end='')"),
    "bytes": Program("import sys\nsys.stdout.buffer.write(bytes(range(256)))"),
    "bytes and text": Program("import sys\nprint('a')\nsys.stdout.flush()\nsys.stdout.buffer.write(b'b')\nprint('c')"),
    "os.write before what is buffered": Program("import os\nprint('second')\nos.write(1, b'first\\n')"),
    "flushed": Program("import os\nprint('first', flush=True)\nos.write(1, b'second\\n')"),
    "beyond ASCII": Program("print('é → 数 😀')"),
    "a lone surrogate": Program("print('before')\nprint('\\ud800')"),
    "an escaped byte": Program("print('\\udcff')"),
    "what it is": Program(
        "import sys\nfor s in (sys.stdout, sys.stderr):\n"
        "    print(s.encoding, s.errors, s.line_buffering, s.write_through, s.newlines, s.name, s.isatty())"
    ),
    "reconfigured": Program("import sys\nsys.stdout.reconfigure(encoding='latin-1', errors='replace')\nprint('é→')"),
    "replaced": Program(
        "import io, sys\nsys.stdout = io.StringIO()\nprint('nowhere')\nprint('there', file=sys.__stdout__)"
    ),
    "closed": Program("import sys\nprint('x')\nsys.stdout.close()\nprint('y')"),
    "closed below": Program("import os\nprint('x')\nos.close(1)"),
    "gone at the end": Program("import sys\nprint('x')\nsys.stdout = None"),
    "the device": Program(
        "print('first', file=open('/dev/stdout', 'w'))\nprint('second', file=open('/dev/stderr', 'w'))"
    ),
    "a null": Program("print('a\\0b')"),
    "a redirection": Program(
        "import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()) as f:\n    print('in')\n"
        "print(repr(f.getvalue()))"
    ),
    "pprint": Program("import pprint\npprint.pprint({'b': [1] * 40, 'a': 2})"),
}
_SIGNALS = {
    **{
        f"killed by {name}": Program(f"import os, signal\nprint('lost')\nos.kill(os.getpid(), signal.{name})")
        for name in ("SIGTERM", "SIGKILL", "SIGHUP", "SIGUSR1", "SIGPIPE")
    },
    "interrupted": Program("import os, signal\nos.kill(os.getpid(), signal.SIGINT)\nprint('never')", same_errors=False),
    "aborted": Program("import os\nos.abort()"),
    "a null pointer": Program("import ctypes\nctypes.string_at(0)"),
    "an alarm": Program("import signal, time\nsignal.alarm(1)\ntime.sleep(10)"),
    "a handler": Program(
        "import os, signal\nsignal.signal(signal.SIGTERM, lambda *a: print('handled', a[0]))\n"
        "os.kill(os.getpid(), signal.SIGTERM)\nprint('on')"
    ),
}
_SOURCES = {
    "empty": Program(""),
    "a comment": Program("# nothing"),
    "no end of line": Program("print(1)"),
    "a line for the shell": Program("#!/usr/bin/env python3\nprint(1)"),
    "Latin-1": Program("# -*- coding: latin-1 -*-\nprint('é', len('é'))\n".encode("latin-1")),
    "Latin-1, raising": Program("# coding: latin-1\ns = 'é'; 1 / 0\n".encode("latin-1")),
    "Latin-1, asked for": Program(
        "# coding: latin-1\nimport inspect\ndef f(): return 'é'\nprint(inspect.getsource(f))".encode("latin-1")
    ),
    "a code page": Program("#!python\n# vim: set fileencoding=cp1252 :\nprint('€')".encode("cp1252")),
    "a byte order mark": Program(b"\xef\xbb\xbfprint('marked')\n1 / 0\n"),
    "line ends of Windows": Program(b"def f():\r\n    return 1 / 0\r\n\r\nprint('''a\r\nb''')\r\nf()\r\n"),
    "old line ends": Program(b"print(1)\rprint(2)\r1 / 0\r"),
    "form feeds": Program("x = 1\n\x0c\ndef f():\n\x0c    return x / 0\n\nf()\n"),
    "separators in a text": Program("A = 'x\u2028y\u2029z\x85\x1c\x1d\x1e\x0b'\n\ndef f():\n    return 1 / 0\n\nf()\n"),
    "tabs": Program("if 1:\n\tprint('tab')\n\t1 / 0\n"),
    "a long line": Program(f"x = [{'1, ' * 2000}1 / 0]"),
    "names beyond Latin": Program("名 = 'ﬁ'\nprint(名, ascii('名'))\n"),
    "documentation": Program('"""What it is."""\nprint(__doc__)'),
}

PROGRAMS: dict[str, Program] = {
    f"{kind}: {name}": program
    for kind, programs in {
        "ends": _ENDS,
        "at exit": _AT_EXIT,
        "threads": _THREADS,
        "processes": _PROCESSES,
        "asyncio": _ASYNCIO,
        "source of": _SOURCE_OF,
        "errors": _ERRORS,
        "warnings": _WARNINGS,
        "main": _MAIN,
        "stdin": _STDIN,
        "stdout": _STDOUT,
        "signals": _SIGNALS,
        "sources": _SOURCES,
    }.items()
    for name, program in programs.items()
}
"""Each compiles, and does the same each time."""
