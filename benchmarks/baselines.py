"""What is done without us, as fast as it goes: the figures that ours are compared with."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.rates import Work
from benchmarks.step_latency import docker_run, docker_workload
from codearena.tasks.task import Task
from executor_service.isolation import hardening
from executor_service.isolation.engine import connect
from executor_service.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
_INTERPRETER = os.path.realpath(sys.executable)


def churn() -> Work:
    """Creates, starts and removes by force one container with our configuration, in which nothing is done."""
    settings = Settings()
    client, seccomp = connect(settings.docker_host), settings.seccomp_profile.read_text()
    image = str(client.inspect_image(settings.image)["Id"])
    configuration = hardening.configuration(settings, image, seccomp, {})

    def work() -> None:
        container = client.create_container_from_config(configuration)["Id"]
        client.start(container)
        client.remove_container(container, force=True)

    return work


def docker_runs(task: Task) -> Work:
    """One `docker run` of our image, with the workload of the task's reference handed in and the report read."""
    workload = docker_workload(task)
    return lambda: docker_run(workload)


def program_of(task: Task) -> str:
    """The reference, and the calls of all tests."""
    return f"{task.solution}\n{calls_of(task)}"


def calls_of(task: Task) -> str:
    """The calls of all tests, whatever they raise."""
    calls = [f"{task.entry_point}(*{case.args!r}, **{case.kwargs!r})" for case in task.tests]
    return "".join(f"try: {call}\nexcept Exception: pass\n" for call in calls)


def interpreters(task: Task, *flags: str) -> Work:
    """One bare `python -I` on the reference and the calls of all tests: no isolation, no limit, no grading."""
    program = program_of(task)

    def work() -> None:
        subprocess.run([_INTERPRETER, "-I", *flags, "-c", program], check=True, stdout=subprocess.DEVNULL)

    return work


@contextmanager
def others(name: str, python: Path, image: str, task: Task, count: int) -> Iterator[list[Work]]:
    """The same program in another package's sandbox. python: interpreter that has the package; image: of containers."""
    with ExitStack() as stack:
        yield [stack.enter_context(_other(name, python, image, program_of(task))) for _ in range(count)]


@contextmanager
def _other(name: str, python: Path, image: str, program: str) -> Iterator[Work]:
    command = [str(python), str(ROOT / "benchmarks" / "other_sandboxes.py"), name, image]
    request = json.dumps(program).encode() + b"\n"
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0
    ) as process:
        assert process.stdin and process.stdout
        stdin, stdout = process.stdin, process.stdout

        def work() -> None:
            stdin.write(request)
            if not stdout.readline():
                raise SystemExit(f"{name} failed")

        yield work
        stdin.close()


@contextmanager
def forks(count: int) -> Iterator[list[Work]]:
    """For each of so many warm interpreters: one fork of it into fresh namespaces with a leased control group."""
    with ExitStack() as stack:
        yield [stack.enter_context(_forker()) for _ in range(count)]


@contextmanager
def _forker() -> Iterator[Work]:
    command = [_INTERPRETER, "-S", "-m", "benchmarks.forker"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
    ) as process:
        assert process.stdin and process.stdout
        stdin, stdout = process.stdin, process.stdout

        def work() -> None:
            stdin.write(b"\n")
            if not stdout.read(1):
                raise SystemExit("the forker ended: this host gives no namespaces, or we are not root")

        yield work
        stdin.close()
