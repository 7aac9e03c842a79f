"""How all executors behind one address are: each replica is asked by itself, and what they say is added up.

What a gateway hears of their load while it balances is not asked for here: this works before the first attempt, too.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import grpc

from codearena import models
from codearena.errors import SandboxError
from codearena.server import rpc
from codearena.v1 import executor_pb2, executor_pb2_grpc
from gateway.executors.addresses import ReplicaAddress, resolve

_TIMEOUT_S = 2.0


async def isolation(address: str, tls_folder: Path | None = None) -> models.Isolation:
    """What the executors behind an address offer together; those that do not serve are counted as absent.

    address: host:port, every address of the host being a replica, or a gRPC target that lists some.

    Raises:
        SandboxError: none of them serves; says why the first does not.
    """
    replicas = await resolve(address)
    asked = await asyncio.gather(*(_ask(replica, tls_folder) for replica in replicas))
    serving = [status for status in asked if isinstance(status, executor_pb2.GetStatusResponse)]
    if not serving:
        raise next((error for error in asked if isinstance(error, SandboxError)), SandboxError(f"nobody at {address}"))
    return _together(serving, len(replicas) - len(serving))


async def _ask(replica: ReplicaAddress, tls_folder: Path | None) -> executor_pb2.GetStatusResponse | SandboxError:
    """Its status, or why there is none: the channel calls nobody who says by health that it cannot make sandboxes."""
    request, metadata = executor_pb2.GetStatusRequest(), rpc.call_metadata()
    async with rpc.channel(replica.target, tls_folder, replica.authority) as channel:
        stub = executor_pb2_grpc.ExecutorServiceStub(channel)
        try:
            status: executor_pb2.GetStatusResponse = await stub.GetStatus(
                request, timeout=_TIMEOUT_S, metadata=metadata
            )
        except grpc.aio.AioRpcError as error:
            if error.code() is grpc.StatusCode.UNAVAILABLE:
                return SandboxError(f"the executor at {replica.target} is not serving")
            return SandboxError(f"the executor at {replica.target} failed: {rpc.error_from_status(error).detail}")
    return status


def _together(statuses: Sequence[executor_pb2.GetStatusResponse], absent: int) -> models.Isolation:
    """Places and attempts are sums; what any of them is missing, an attempt may be missing."""
    isolations = [status.isolation for status in statuses]
    return models.Isolation(
        name=" or ".join(dict.fromkeys(each.name for each in isolations)),
        runtime=" or ".join(dict.fromkeys(each.runtime for each in isolations if each.runtime)),
        degradations=list(dict.fromkeys(lack for each in isolations for lack in each.degradations)),
        python=" or ".join(dict.fromkeys(each.python for each in isolations if each.python)),
        packages=sorted(set.intersection(*(set(each.packages) for each in isolations))),
        ready=sum(status.ready for status in statuses),
        leased=sum(status.leased for status in statuses),
        capacity=sum(status.capacity for status in statuses),
        queued=sum(status.queued for status in statuses),
        executors=len(statuses),
        executors_absent=absent,
    )
