"""Services that were given certificates talk to each other, and to nobody who has none of the same authority."""

import shutil
import subprocess
from pathlib import Path

import grpc
import pytest

from codearena.errors import SandboxError
from codearena.server import rpc
from codearena.v1 import grader_pb2, grader_pb2_grpc
from gateway.executors import status
from grader_service.server import GraderServer
from grader_service.settings import Settings
from tests.fakes import FakeExecutor

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl to make certificates with")
_NEW = ["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-batch"]


def authority(folder: Path) -> Path:
    """A new certificate authority: ca.pem and ca.key in the folder."""
    folder.mkdir()
    _run(*_NEW, "-x509", "-subj", "/CN=authority", "-keyout", folder / "ca.key", "-out", folder / "ca.pem")
    return folder


def certified(folder: Path, by: Path, names: str = "DNS:localhost,IP:127.0.0.1") -> Path:
    """A folder as services take it, with a certificate for this machine by the authority."""
    folder.mkdir()
    extension = folder / "extension"
    extension.write_text(f"subjectAltName={names}")
    _run(*_NEW, "-subj", "/CN=service", "-keyout", folder / "key.pem", "-out", folder / "request.pem")
    signing = ["openssl", "x509", "-req", "-in", folder / "request.pem", "-CA", by / "ca.pem", "-CAkey", by / "ca.key"]
    _run(*signing, "-CAcreateserial", "-extfile", extension, "-out", folder / "cert.pem")
    shutil.copy(by / "ca.pem", folder / "ca.pem")
    return folder


def _run(*command: object) -> None:
    subprocess.run([str(each) for each in command], check=True, capture_output=True)


async def _calls(address: str, folder: Path | None) -> grpc.StatusCode:
    async with rpc.channel(address, folder) as channel:
        try:
            await grader_pb2_grpc.GraderServiceStub(channel).Examine(grader_pb2.ExamineRequest(), timeout=5)
        except grpc.aio.AioRpcError as error:
            return error.code()
    return grpc.StatusCode.OK


async def test_only_who_has_a_certificate_of_the_authority_is_served(tmp_path: Path) -> None:
    ours, others = authority(tmp_path / "ours"), authority(tmp_path / "others")
    server = GraderServer(Settings(port=0, drain_s=0.1, tls_folder=certified(tmp_path / "grader", ours)))
    address = f"127.0.0.1:{await server.start()}"
    gateway, stranger = certified(tmp_path / "gateway", ours), certified(tmp_path / "stranger", others)
    assert await _calls(address, gateway) not in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)
    assert await rpc.check_health(address, tls_folder=gateway)
    shutil.copy(ours / "ca.pem", stranger / "ca.pem")  # it believes us, and we do not believe it
    for folder in (stranger, None):
        assert await _calls(address, folder) is grpc.StatusCode.UNAVAILABLE
        assert not await rpc.check_health(address, tls_folder=folder)
    await server.drain()


async def test_an_executor_is_asked_at_its_address_and_believed_by_its_name(tmp_path: Path) -> None:
    ours = authority(tmp_path / "ours")
    gateway = certified(tmp_path / "gateway", ours)
    async with FakeExecutor(tls_folder=certified(tmp_path / "executor", ours, "DNS:localhost")) as executor:
        asked = await status.isolation(f"localhost:{executor.port}", gateway)
        with pytest.raises(SandboxError):
            await status.isolation(f"ipv4:{executor.address}", gateway)
    assert asked.executors == 1
