"""What a runner has imported when it is ready: a container pays for each module with every attempt."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from executor_service.runner.system.digest import sha256

ROOT = Path(__file__).resolve().parents[3]
SELDOM = {"hashlib", "_hashlib", "pathlib", "subprocess", "threading", "executor_service.runner.referee.main"}
_LOADED = """
import json, sys
from executor_service.runner import __main__, revision, supervisor
supervisor.warm_up(seldom={seldom})
revision.runner_revision()
print(json.dumps(sorted(sys.modules)))
"""


def loaded(seldom: bool) -> set[str]:
    command = [sys.executable, "-S", "-P", "-B", "-c", _LOADED.format(seldom=seldom)]
    ran = subprocess.run(command, env={"PYTHONPATH": str(ROOT)}, capture_output=True, check=True)
    return set(json.loads(ran.stdout))


def test_for_one_attempt_nothing_is_imported_that_few_need() -> None:
    assert not SELDOM & loaded(seldom=False)


def test_where_many_are_forked_it_is_there() -> None:
    assert not SELDOM - loaded(seldom=True)


@pytest.mark.parametrize("data", [b"", b"a source", bytes(range(256)) * 100])
def test_the_digest_is_sha_256(data: bytes) -> None:
    assert sha256(data).hexdigest() == hashlib.sha256(data).hexdigest()
