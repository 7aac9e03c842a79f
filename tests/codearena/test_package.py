"""`import codearena` is light: the SDK installs without gRPC, Docker and Redis, and the sandbox takes values alone."""

import subprocess
import sys

import pytest

import codearena


@pytest.mark.parametrize("name", codearena.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(codearena, name).__name__ == name


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        codearena.nonsense  # noqa: B018


def test_the_public_names_need_no_server_library() -> None:
    script = (
        "import sys, codearena\n"
        "for name in codearena.__all__: getattr(codearena, name)\n"
        "heavy = {'grpc', 'docker', 'redis', 'fastapi', 'yaml', 'google', 'pydantic_settings', 'prometheus_client'}\n"
        "sys.exit(', '.join(sorted(heavy & set(sys.modules))) or 0)\n"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
