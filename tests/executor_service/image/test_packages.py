"""Packages of the sandbox image: what attempts, programs and test scripts may import, and nobody else needs."""

import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest
import pytest_asyncio

from codearena.errors import SandboxError
from codearena.v1 import common_pb2, executor_pb2
from executor_service.attempts import Attempts
from executor_service.image import build
from executor_service.isolation.choice import choose
from executor_service.pool import Pool
from executor_service.settings import MIB, Settings
from tests.conformance.conftest import POOL
from tests.executor_service import workloads
from tests.executor_service.images import require_engine, runner_image
from tests.integration import deployment
from tests.integration.deployment import docker

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.docker]

PACKAGE, VERSION = "six", "1.17.0"
USES = f"import {PACKAGE}\ndef f(): return {PACKAGE}.__version__"


@pytest.fixture(scope="module")
def image() -> Iterator[str]:
    name = f"codearena-test:{uuid.uuid4().hex}"
    yield name
    docker("rmi", "--force", name)


async def _attempts(isolation_name: str, image: str) -> AsyncIterator[Attempts]:
    settings = Settings(isolation=isolation_name, image=image, memory_bytes=256 * MIB)
    isolation = await choose(settings)
    pool = Pool(isolation, replace(POOL, minimum=1))
    pool.start()
    yield Attempts(pool, isolation, settings)
    await pool.close()
    await isolation.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["container", "cell"])
async def attempts(
    request: pytest.FixtureRequest, image: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Attempts]:
    """Of executors whose image has the package."""
    require_engine()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHON_BASE", deployment.base_image())
        patch.setenv("SANDBOX_PACKAGES", f"{PACKAGE}=={VERSION}")
        await build.build(image, tmp_path_factory.mktemp("state"))
    async for made in _attempts(request.param, image):
        yield made


async def _execute(attempts: Attempts, workload: executor_pb2.Workload) -> executor_pb2.Report:
    return await attempts.execute(executor_pb2.AttemptRequest(attempt_id="packages", workload=workload))


async def test_an_attempt_imports_them(attempts: Attempts) -> None:
    report = await _execute(attempts, workloads.workload(USES))
    assert report.calls[0].value.json == f'"{VERSION}"'.encode()


async def test_a_program_imports_them(attempts: Attempts) -> None:
    source = f"import {PACKAGE}, sys\nprint({PACKAGE}.__version__, sys.prefix != sys.base_prefix)"
    call = executor_pb2.Call(call_id="s", script=executor_pb2.Script())
    report = await _execute(attempts, workloads.workload(source, [call]))
    assert report.calls[0].stdout.head == f"{VERSION} True\n".encode()


async def test_a_test_script_imports_them(attempts: Attempts) -> None:
    script = f"import {PACKAGE}\nassert f() == {PACKAGE}.__version__"
    report = await _execute(attempts, workloads.workload(USES, [workloads.script_call(script)]))
    assert set(workloads.script_verdicts(report).values()) == {"passed"}


async def test_a_library_starts_no_thread_for_each_core_of_the_host(attempts: Attempts) -> None:
    report = await _execute(
        attempts, workloads.workload("import os\ndef f(): return os.environ['OPENBLAS_NUM_THREADS']")
    )
    assert report.calls[0].value.json == b'"1"'


async def test_the_report_and_the_status_name_them(attempts: Attempts) -> None:
    report = await _execute(attempts, workloads.workload("def f(): return 1"))
    assert list(report.isolation.packages) == [f"{PACKAGE}=={VERSION}"] == list(attempts.isolation().packages)


async def test_what_a_task_needs_and_the_image_has_not_is_no_outcome_of_the_attempt(attempts: Attempts) -> None:
    workload = workloads.workload(USES)
    workload.needs.append(PACKAGE.upper())
    assert (await _execute(attempts, workload)).calls[0].status == common_pb2.CALL_STATUS_RETURNED
    workload.needs.append("numpy")
    with pytest.raises(SandboxError, match="has no numpy, which the task needs"):
        await _execute(attempts, workload)


async def test_an_image_without_them_has_the_standard_library_alone() -> None:
    require_engine()
    async for attempts in _attempts("container", runner_image()):
        report = await _execute(attempts, workloads.workload(USES))
        assert report.load.raised.type == "ModuleNotFoundError"
        assert list(report.isolation.packages) == []
