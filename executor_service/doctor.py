"""`python -m executor_service.doctor`: whether attempts can run here, and whether their limits really hold.

It tries them, in a sandbox made as the executor makes them: what the engine promises and what the kernel does are two
things.
"""

import platform
import sys
from collections.abc import Mapping
from typing import Any

from codearena.errors import SandboxError
from codearena.tasks import examination, findings
from codearena.tasks.findings import Finding
from codearena.v1 import common_pb2, executor_pb2
from executor_service import codec, reports
from executor_service.isolation.base import Isolation
from executor_service.isolation.cell import CellIsolation
from executor_service.isolation.container import ContainerIsolation
from executor_service.isolation.engine import Engine, EngineError
from executor_service.isolation.local import LocalIsolation
from executor_service.runner.revision import interpreter
from executor_service.settings import MIB, Settings

_ENGINE_CURE = "start Docker (systemctl start docker; a Debian host without one: deploy/engine.sh), or set DOCKER_HOST"
_IMAGE_CURE = "CODEARENA_EXECUTOR_IMAGE={image} python -m executor_service.image"
_PAGE = "docs/operations.md#what-doctor-finds"
_NAMESPACES_CURE = (
    "sysctl -w user.max_user_namespaces=10000 (some kernels also: kernel.unprivileged_userns_clone=1), or set "
    f"CODEARENA_EXECUTOR_ISOLATION=container; {_PAGE}"
)
_FLAGS = {"MemoryLimit": "memory", "PidsLimit": "pids", "CpuCfsQuota": "cpu"}  # the engine's name -> the controller's

_MEMORY_BYTES = 128 * MIB
_PROCESSES = 16
_RETURNED, _RAISED = common_pb2.CALL_STATUS_RETURNED, common_pb2.CALL_STATUS_RAISED
_PROBE = b"""
import os, socket, time

def memory():
    return len(b"x" * (1 << 30))

def time_limit():
    while True:
        pass

def processes():
    children = 0
    while children < 256:
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
        children += 1
    return children

def network():
    socket.create_connection(("192.0.2.1", 80), timeout=1)

def files():
    open("/codearena-doctor", "w")

def unprivileged():
    os.setuid(0)
"""
_PROBES: Mapping[str, str] = {  # function -> what it shows to be missing, if it gets through
    "memory": "an attempt took 1 GiB, with a limit of 128 MiB",
    "time_limit": "an attempt ran on after its CPU time",
    "processes": "an attempt started 256 processes, with a limit of 16",
    "network": "an attempt reached the network",
    "files": "an attempt wrote to the root of the file system",
    "unprivileged": "an attempt became root",
}


async def examine(settings: Settings) -> list[Finding]:
    """Everything that the settings' isolation needs."""
    if settings.isolation == "local":
        return await _local(settings)
    found, usable = await _engine(settings)
    if usable:
        isolation = CellIsolation(settings) if settings.isolation == "cell" else ContainerIsolation(settings)
        return [*found, *await _limits(isolation)]
    if settings.isolation == "auto":
        return [*found, *await _local(settings)]
    return found


async def _engine(settings: Settings) -> tuple[list[Finding], bool]:
    """What is to be said of the engine and the image; whether sandboxes can be made with them."""
    engine = Engine(settings.docker_host, workers=1, timeout_s=min(settings.engine_timeout_s, 10))
    try:
        await engine.connect()
        info = await engine.info()
        found = [findings.ok("engine", f"Docker {info.get('ServerVersion', '?')}"), *_of_engine(info, settings)]
        image = await _image(engine, settings.image)
    except EngineError as error:
        return [findings.fault("engine", error.detail, _ENGINE_CURE)], False
    finally:
        engine.close()
    found.append(image)
    return found, all(each.status is not findings.Status.FAULT for each in found)


async def _image(engine: Engine, image: str) -> Finding:
    try:
        return findings.ok("image", f"{image} is {(await engine.image_id(image))[:19]}")
    except EngineError:
        return findings.fault("image", f"the engine has no image {image}", _IMAGE_CURE.format(image=image))


def _of_engine(info: Mapping[str, Any], settings: Settings) -> list[Finding]:
    missing = [name for flag, name in _FLAGS.items() if not info.get(flag)]
    version = info.get("CgroupVersion", "1")
    cgroups = (
        findings.fault("cgroups", f"the engine cannot limit {', '.join(missing)}", f"mount those controllers; {_PAGE}")
        if missing
        else findings.ok("cgroups", f"version {version}")
    )
    return [cgroups, _seccomp(info, settings), _runtime(info, settings)]


def _seccomp(info: Mapping[str, Any], settings: Settings) -> Finding:
    if not any("name=seccomp" in option for option in info.get("SecurityOptions") or ()):
        return findings.fault("seccomp", "the engine or its kernel has no seccomp", f"a kernel with it; {_PAGE}")
    if not settings.seccomp_profile.is_file():
        cure = "set CODEARENA_EXECUTOR_SECCOMP_PROFILE to executor_service/image/seccomp.json, or not at all"
        return findings.fault("seccomp", f"no profile at {settings.seccomp_profile}", cure)
    return findings.ok("seccomp", str(settings.seccomp_profile))


def _runtime(info: Mapping[str, Any], settings: Settings) -> Finding:
    known = sorted(info.get("Runtimes") or ())
    if settings.runtime and settings.runtime not in known:
        cure = (
            f"register it in the engine's daemon.json, or set CODEARENA_EXECUTOR_RUNTIME to one of: {', '.join(known)}"
        )
        return findings.fault("runtime", f"the engine does not know {settings.runtime}", cure)
    chosen = settings.runtime or info.get("DefaultRuntime", "?")
    return findings.ok("runtime", f"{chosen}; at hand: {', '.join(known)}")


async def _local(settings: Settings) -> list[Finding]:
    isolation = LocalIsolation(settings)
    try:
        await isolation.start()
    except SandboxError as error:
        return [findings.fault("namespaces", error.detail, _NAMESPACES_CURE)]
    if any(each.startswith("no namespaces") for each in isolation.describe().degradations):
        await isolation.close()
        detail = "this host lets us make no namespaces: attempts would run beside everything else on it"
        return [findings.fault("namespaces", detail, _NAMESPACES_CURE)]
    weaker = "; ".join(isolation.describe().degradations)
    cure = "CODEARENA_EXECUTOR_ISOLATION=container is stronger"
    named = findings.warning("namespaces", f"fresh ones for each attempt, but {weaker}", cure)
    return [named if weaker else findings.ok("namespaces", "fresh ones for each attempt"), *await _tried(isolation)]


async def _limits(isolation: Isolation) -> list[Finding]:
    try:
        await isolation.start()
    except SandboxError as error:
        await isolation.close()
        return [findings.fault("sandbox", error.detail, _PAGE)]
    return await _tried(isolation)


async def _tried(isolation: Isolation) -> list[Finding]:
    """Tries every limit in one sandbox; closes the isolation."""
    try:
        sandbox = await isolation.create()
        try:
            python = python_of(interpreter(sandbox.hello.revision))
            report = reports.decode_report(await sandbox.run(codec.encode_workload(_workload()), 60.0), _workload())
        finally:
            await sandbox.destroy()
    except (SandboxError, codec.MalformedReportError) as error:
        return [findings.fault("sandbox", str(error), _PAGE)]
    finally:
        await isolation.close()
    return [python, *_judged(report)]


def python_of(version: str) -> Finding:
    """What the sandboxes' Python is beside this one, on which the judge runs too where they were installed together."""
    ours, theirs = (".".join(each.split(".")[:2]) for each in (platform.python_version(), version))
    if ours == theirs:
        return findings.ok("python", f"{version} runs attempts, and {ours} reads them")
    detail = f"attempts run on Python {theirs} and are read by {ours}: the newer one's syntax is a compile error"
    return findings.warning("python", detail, f"build the runner's image from a base with Python {ours}; {_PAGE}")


def _judged(report: executor_pb2.Report) -> list[Finding]:
    if report.status != executor_pb2.ATTEMPT_STATUS_RAN:
        status = executor_pb2.AttemptStatus.Name(report.status)
        return [findings.fault("limits", f"the trial did not run: {status}", _PAGE)]
    escaped = [_PROBES[call.call_id] for call in report.calls if call.status == _RETURNED]
    if escaped:
        return [findings.fault("limits", "; ".join(escaped), _PAGE)]
    tried = ", ".join(name.replace("_", " ") for name in _PROBES)
    return [findings.ok("limits", f"tried in a sandbox, all hold: {tried}")]


def _workload() -> executor_pb2.Workload:
    limits = common_pb2.Limits(
        call_cpu=codec.duration(1.0),
        call_wall=codec.duration(5.0),
        attempt_wall=codec.duration(30.0),
        attempt_cpu=codec.duration(30.0),
        calls_at_limit=1,
        memory_bytes=_MEMORY_BYTES,
        processes=_PROCESSES,
        output_bytes=1024,
        value_bytes=1024,
    )
    args, kwargs = common_pb2.EncodedValue(json=b"[]"), common_pb2.EncodedValue(json=b'{"dict":[]}')
    functions = {name: executor_pb2.FunctionCall(entry_point=name, args=args, kwargs=kwargs) for name in _PROBES}
    calls = [executor_pb2.Call(call_id=name, function=function) for name, function in functions.items()]
    return executor_pb2.Workload(source=_PROBE, calls=calls, limits=limits)


if __name__ == "__main__":
    sys.exit(examination.command(Settings, examine))
