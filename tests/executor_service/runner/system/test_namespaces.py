"""What a sandbox on this host sees of it."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
LISTING = """
import json, os, sys
from executor_service.runner.system import namespaces

own = sys.argv[1]
sys.base_prefix = sys.base_exec_prefix = os.path.dirname(own)  # as if they were installed beside the interpreter

def listed():
    print(json.dumps([os.listdir(os.path.dirname(own)), os.listdir(own)]), flush=True)
    os._exit(0)

pid = namespaces.fork_into("namespaces" if os.geteuid() == 0 else "nested", listed, tmpfs_bytes=1 << 20)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) if pid else "no namespaces here")
"""


@pytest.fixture
def prefix() -> Iterator[Path]:
    """A folder that every user may enter and that is not in /tmp, which a sandbox has one of its own of."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        path = Path(folder)
        path.chmod(0o755)
        yield path


def test_an_attempt_sees_none_of_our_packages_where_they_are_installed_beside_the_interpreter(prefix: Path) -> None:
    (prefix / "other").touch()
    site = prefix / "site-packages"
    site.mkdir()
    for name in ("executor_service", "codearena"):
        subprocess.run(["cp", "-r", str(ROOT / name), str(site)], check=True)
    environment = os.environ | {"PYTHONPATH": str(site)}
    ended = subprocess.run(
        [sys.executable, "-S", "-P", "-B", "-c", LISTING, str(site)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if "no namespaces" in ended.stderr:
        pytest.skip("this host allows no namespaces")
    assert ended.returncode == 0, ended.stderr
    beside, seen = json.loads(ended.stdout)
    assert (sorted(beside), seen) == (["other", "site-packages"], [])
