"""What is done without us, as fast as it goes: the figures that ours are compared with."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.rates import Work
from benchmarks.step_latency import docker_job, docker_run
from codearena.task import Task
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
    """One `docker run` of our image, with the job of the task's reference handed in and the report read."""
    job = docker_job(task)
    return lambda: docker_run(job)


def interpreters(task: Task) -> Work:
    """One bare `python -I -S` on the reference, which makes the calls of all tests: no isolation, no limit, no grading.

    -S, so that nothing that a host keeps in its site-packages counts against this baseline.
    """
    lines = [task.solution]
    for case in task.tests:
        call = f"{task.entry_point}(*{case.args!r}, **{case.kwargs!r})"
        lines.append(f"try: {call}\nexcept Exception: pass")
    program = "\n".join(lines) + "\n"

    def work() -> None:
        subprocess.run([_INTERPRETER, "-I", "-S", "-c", program], check=True, stdout=subprocess.DEVNULL)

    return work


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
