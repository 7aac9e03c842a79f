"""The judge as a server: what is constructed, started and drained. The only place that constructs."""

import logging

import grpc

from codearena.server import rpc
from codearena.v1 import judge_pb2, judge_pb2_grpc
from judge_service.asking import AskingJudge
from judge_service.judge import Judge
from judge_service.llm import Model
from judge_service.servicer import JudgeServicer
from judge_service.settings import Settings
from judge_service.shared import Shared
from judge_service.source_analyser import SourceAnalyser
from judge_service.static import StaticJudge

log = logging.getLogger(__name__)

SERVICE = judge_pb2.DESCRIPTOR.services_by_name["JudgeService"].full_name


class JudgeServer:
    """JudgeService with the static judge, and with a model in front of it if the settings name one."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.judge = StaticJudge(settings)
        self._speaker: Judge = _asking(settings, self.judge) if settings.llm_model else self.judge
        sources = SourceAnalyser(settings, self.judge.analyses)
        servicer = JudgeServicer(self._speaker, sources, settings.source_bytes, settings.llm_model or "")

        def register(server: grpc.aio.Server) -> None:
            judge_pb2_grpc.add_JudgeServiceServicer_to_server(servicer, server)

        self._server = rpc.Server([SERVICE], register)

    async def start(self) -> int:
        """Starts the analysers, listens, and returns the bound port; serving by health. Raises ServiceError."""
        await self._speaker.start()
        try:
            port = await self._server.start(f"{self._settings.host}:{self._settings.port}", self._settings.tls_folder)
        except RuntimeError:  # the port is taken
            await self._speaker.close()
            raise
        await self._server.set_serving(True)
        log.info("judging on port %d, revision %s", port, self._speaker.revision[:12])
        return port

    async def serving(self) -> bool:
        """What its health says."""
        return await self._server.serving()

    async def drain(self) -> None:
        """Not serving, judgements in flight finish within `drain_s`, then the analysers end."""
        await self._server.drain(self._settings.drain_s)
        await self._speaker.close()


def _asking(settings: Settings, static: StaticJudge) -> AskingJudge:
    shared = Shared(settings) if settings.redis_url else None
    return AskingJudge(settings, static, Model(settings, shared), shared)
