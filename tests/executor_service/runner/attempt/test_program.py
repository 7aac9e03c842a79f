"""Programs in real processes: what of a sandbox they see, and what becomes of them at the levels of `local`.

That they do what an interpreter makes of them alone is shown in tests/conformance/test_programs.py.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from codearena.v1 import common_pb2, executor_pb2
from tests.executor_service import workloads
from tests.executor_service.runner.referee.test_main import answer_at_level, run_at_level

LEVELS = ("namespaces", "nested", "rlimits")
RETURNED = common_pb2.CALL_STATUS_RETURNED
_BOUNDS = workloads.limits(call_cpu_s=5, call_wall_s=20, attempt_wall_s=40, processes=32, memory_bytes=256 << 20)
_NOBODY = 65534


def _script(call_id: str = "s", stdin: bytes = b"", **variables: str) -> executor_pb2.Call:
    return executor_pb2.Call(call_id=call_id, script=executor_pb2.Script(stdin=stdin), environment=variables)


def _nobody_can_run(interpreter: str) -> bool:
    ran = subprocess.run([interpreter, "-c", ""], user=_NOBODY, group=_NOBODY, extra_groups=[], check=False, env={})
    return ran.returncode == 0


def _interpreter(level: str) -> str:
    """One that the level's programs can run. Without namespaces those of root are nobody's, who may enter no home."""
    if level != "rlimits" or os.geteuid() != 0:
        return sys.executable
    for found in (os.path.realpath(sys._base_executable), shutil.which("python3", path="/usr/bin")):
        try:
            if found and _nobody_can_run(found):
                return found
        except PermissionError:
            continue
    pytest.skip("no interpreter here is for everybody")


def _run(
    source: str, calls: Sequence[executor_pb2.Call], level: str = "namespaces", reference: str = ""
) -> executor_pb2.Report:
    workload = workloads.workload(source, calls, bounds=_BOUNDS, reference=reference)
    return run_at_level(level, workload, _interpreter(level))


def _printed(source: str, level: str = "namespaces") -> str:
    (outcome,) = _run(source, [_script()], level).calls
    assert (outcome.status, outcome.exit_status) == (RETURNED, 0), outcome
    return outcome.stdout.head.decode()


@pytest.mark.parametrize("level", LEVELS)
def test_a_pool_of_spawned_processes_works_at_every_level(level: str) -> None:
    source = (
        "import multiprocessing as mp\ndef f(x):\n    return x * x\nif __name__ == '__main__':\n"
        "    with mp.get_context('spawn').Pool(2) as p:\n        print(p.map(f, range(3)))\n"
    )
    assert _printed(source, level) == "[0, 1, 4]\n"


@pytest.mark.parametrize("level", LEVELS)
def test_a_thread_is_awaited_at_every_level(level: str) -> None:
    source = "import threading, time\nthreading.Timer(0.1, lambda: print(input('? '))).start()"
    (outcome,) = _run(source, [_script(stdin=b"line\n")], level).calls
    assert outcome.stdout.head == b"? line\n"


@pytest.mark.parametrize("level", LEVELS)
def test_a_program_has_an_empty_environment_of_packages(level: str) -> None:
    source = (
        "import importlib.util, json, os, sys\nnames = [os.path.basename(path) for path in sys.path]\n"
        "ours = [name for name in ('executor_service', 'pytest') if importlib.util.find_spec(name)]\n"
        "print(json.dumps([names, sys.prefix, sys.base_prefix, ours]))"
    )
    names, prefix, base, ours = json.loads(_printed(source, level))
    assert not [name for name in names if name.endswith("-packages")]
    assert prefix != base
    assert ours == []


@pytest.mark.parametrize("level", LEVELS)
def test_a_program_has_no_descriptor_but_the_usual_three(level: str) -> None:
    source = "import os\nprint(sorted(map(int, os.listdir('/proc/self/fd')))[:-1])"  # the last one lists them
    assert _printed(source, level) == "[0, 1, 2]\n"


_MARK = os.urandom(16).hex()
# Without namespaces a host's own files are there too, any number of them: only what was written since is read.
_SEARCHES = f"""
import os, sys
found, mark, since = [], ({_MARK[:16]!r} + {_MARK[16:]!r}).encode(), float(sys.stdin.read())
for folder in ['/tmp', '/dev/shm', os.path.dirname(os.getcwd())]:
    for path, _, names in os.walk(folder):
        for name in names:
            try:
                file = os.path.join(path, name)
                if os.path.isfile(file) and os.stat(file).st_mtime >= since:
                    found += [name] * (mark in open(file, 'rb').read())
            except OSError:
                pass
print(found)
"""


@pytest.mark.parametrize("level", LEVELS)
def test_a_program_finds_nothing_of_the_references_program(level: str) -> None:
    reference = f"print({_MARK!r})\nopen('kept', 'w').write({_MARK!r})\n"
    began = time.time() - 1  # a file's time may lag behind by a tick of the kernel's
    report = _run(_SEARCHES, [_script(stdin=str(began).encode())], level, reference)
    (ours,) = report.reference_calls
    printed = common_pb2.Output(truncated=True, total_bytes=len(_MARK) + 1)  # its size alone is reported
    assert (ours.status, ours.exit_status, ours.stdout) == (common_pb2.CALL_STATUS_RETURNED, 0, printed)
    assert report.calls[0].stdout.head == b"[]\n", report.calls[0]


def test_without_namespaces_a_program_leaves_nothing_on_the_host() -> None:
    folder = _printed("import os\nopen('kept', 'w').write('x')\nprint(os.getcwd(), end='')", "rlimits")
    assert folder.endswith("/attempt")
    assert not Path(folder).parent.exists()


def test_each_call_runs_the_program_anew_with_its_own_input_and_variables() -> None:
    source = "import os\nprint(input(), os.environ['X'])\nopen('fix.py', 'w').write('print(\"changed\")')"
    calls = [_script(str(number), f"{number}\n".encode(), X=f"x{number}") for number in range(2)]
    report = _run(source, calls)
    assert [outcome.stdout.head for outcome in report.calls] == [b"0 x0\n", b"1 x1\n"]


@pytest.mark.parametrize(
    "spoils",
    [
        "os.remove('fix.py'); os.mkdir('fix.py')",
        "os.chmod('.', 0)",
        "os.rename('../attempt-python', '../other'); os.mkdir('../attempt-python', 0)",
    ],
)
def test_what_a_program_spoils_for_its_next_call_is_its_own_outcome(spoils: str) -> None:
    source = f"import os\ntry:\n    {spoils}\nexcept OSError:\n    pass\nprint('ran')"
    first, second = _run(source, [_script("1"), _script("2")]).calls
    assert first.stdout.head == b"ran\n"
    assert second.status == common_pb2.CALL_STATUS_RAISED
    assert second.raised.message


def test_a_sandbox_that_cannot_start_a_program_reports_nothing_about_the_attempt() -> None:
    workload = workloads.workload("print(1)", [_script()], bounds=_BOUNDS)
    assert answer_at_level("namespaces", workload, before="program._INTERPRETER = '/nowhere/python3'") is None


def test_a_full_disk_is_no_obstacle() -> None:
    source = "try:\n    open('full', 'wb').write(bytes(1 << 25))\nexcept OSError as error:\n    print(error.strerror)"
    outcomes = _run(source, [_script("1"), _script("2")]).calls
    assert [outcome.stdout.head for outcome in outcomes] == [b"No space left on device\n"] * 2


def test_links_that_a_program_changes_start_nothing_else() -> None:
    source = (
        "import os, sys\nfor name in ('python', 'python3'):\n    path = f'../attempt-python/bin/{name}'\n"
        "    os.remove(path)\n    os.symlink('/bin/false', path)\nprint(sys.version_info[0])"
    )
    outcomes = _run(source, [_script("1"), _script("2")]).calls
    assert [outcome.stdout.head for outcome in outcomes] == [b"3\n", b"3\n"]


@pytest.mark.parametrize(
    ("start", "printed"),
    [
        ("threading.Thread(target=time.sleep, args=(100,)).start()", b"flushed\nflushed at the end\n"),
        ("import atexit; atexit.register(time.sleep, 100)", b"flushed\nflushed at the end\n"),
        ("time.sleep(100)", b"flushed\n"),
    ],
)
def test_what_is_awaited_beyond_the_limit_is_a_time_limit(start: str, printed: bytes) -> None:
    source = f"import threading, time\nprint('flushed', flush=True)\nprint('flushed at the end')\n{start}"
    workload = workloads.workload(source, [_script()], bounds=workloads.limits(call_wall_s=1))
    (outcome,) = run_at_level("namespaces", workload).calls
    assert outcome.status == common_pb2.CALL_STATUS_TIME_LIMIT
    assert outcome.stdout.head == printed


@pytest.mark.parametrize("source", ["print(1)\ndef f(:\n", "print('a\0b')", "# coding: nonsense\nprint(1)\n"])
def test_a_program_that_does_not_compile_is_a_compile_error(source: str) -> None:
    report = _run(source, [_script()])
    assert report.status == executor_pb2.ATTEMPT_STATUS_COMPILE_ERROR
    assert report.analysis.problem.type


def test_more_processes_than_are_allowed_are_an_error_of_the_program() -> None:
    source = "import multiprocessing as mp\nif __name__ == '__main__':\n    mp.Pool(64)\n"
    (outcome,) = _run(source, [_script()]).calls
    assert (outcome.status, outcome.exit_status) == (RETURNED, 1)
    assert b"BlockingIOError" in outcome.stderr.head + outcome.stderr.tail
