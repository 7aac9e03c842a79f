"""The generated stubs are what proto/ generates: nobody forgot `make proto`, and nobody edited them."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
STUBS = ROOT / "codearena" / "v1"


def generate(target: Path) -> None:
    protos = sorted(str(path) for path in (ROOT / "proto").rglob("*.proto"))
    services = [proto for proto in protos if "\nservice " in Path(proto).read_text("utf-8")]
    protoc = [sys.executable, "-m", "grpc_tools.protoc", f"-I{ROOT / 'proto'}"]
    # The plugin for types is found on PATH, which does not hold the environment's folder when it is not activated.
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    for outputs, files in ((("python", "mypy"), protos), (("grpc_python", "mypy_grpc"), services)):
        command = [*protoc, *(f"--{name}_out={target}" for name in outputs), *files]
        subprocess.run(command, check=True, env=environment, capture_output=True)


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in folder.glob("*_pb2*")}


def test_the_stubs_are_what_the_protocol_generates(tmp_path: Path) -> None:
    generate(tmp_path)
    assert contents(STUBS) == contents(tmp_path / "codearena" / "v1")
