"""Life cycle of the grader: the only place that constructs."""

import grpc

from codearena.server import rpc
from codearena.v1 import grader_pb2, grader_pb2_grpc
from grader_service.checker import Checker
from grader_service.confined import ConfinedGrader
from grader_service.grader import Grader
from grader_service.servicer import GraderServicer
from grader_service.settings import Settings

SERVICE = grader_pb2.DESCRIPTOR.services_by_name["GraderService"].full_name


class GraderServer:
    """The grading service on one port."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._confined = ConfinedGrader(settings)
        self._checker = Checker(settings)
        servicer = GraderServicer(Grader(settings), self._confined, self._checker)

        def register(server: grpc.aio.Server) -> None:
            grader_pb2_grpc.add_GraderServiceServicer_to_server(servicer, server)

        self._server = rpc.Server([SERVICE], register)

    async def start(self) -> int:
        """Listens and returns the bound port; serving by health when it returns."""
        port = await self._server.start(f"{self._settings.host}:{self._settings.port}", self._settings.tls_folder)
        await self._server.set_serving(True)
        return port

    async def serving(self) -> bool:
        """What its health says."""
        return await self._server.serving()

    async def drain(self) -> None:
        """Not serving by health; calls in flight finish within `drain_s`."""
        await self._server.drain(self._settings.drain_s)
        await self._confined.close()
        await self._checker.close()
