"""Sandboxes that others offer as Python packages, each as its documentation says to use it for one program.

    python benchmarks/other_sandboxes.py NAME IMAGE < requests

A request is a line of JSON, the program; the answer, when it has run and its container is gone, is a line of JSON too:
what it printed. Needs the package alone, and nothing of ours: `pip install -r benchmarks/other_sandboxes.txt`, in an
environment of its own.
"""

import json
import sys
from collections.abc import Callable

Run = Callable[[str], str]


def epicbox(image: str) -> Run:
    """https://github.com/StepicOrg/epicbox"""
    import epicbox

    epicbox.configure(profiles=[epicbox.Profile("python", image)])
    limits = {"cputime": 5, "memory": 256}

    def run(program: str) -> str:
        files = [{"name": "main.py", "content": program.encode()}]
        return str(epicbox.run("python", "python3 main.py", files=files, limits=limits)["stdout"].decode())

    return run


def llm_sandbox(image: str) -> Run:
    """https://github.com/vndee/llm-sandbox"""
    from llm_sandbox import SandboxSession

    def run(program: str) -> str:
        # Without a virtual environment for each program, which this one does not need and would wait for.
        with SandboxSession(lang="python", image=image, skip_environment_setup=True) as session:
            return str(session.run(program).stdout)

    return run


KINDS: dict[str, Callable[[str], Run]] = {"epicbox": epicbox, "llm-sandbox": llm_sandbox}


def main() -> None:
    name, image = sys.argv[1:]
    answers, sys.stdout = sys.stdout, sys.stderr  # whatever the packages print
    run = KINDS[name](image)
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), file=answers, flush=True)


if __name__ == "__main__":
    main()
