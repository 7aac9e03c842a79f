"""A real Prometheus with our rules, scraping the services of a test as fast as it can."""

import asyncio
import math
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import httpx
import yaml

from tests.integration.processes import free_port
from tests.integration.waiting import until
from tests.observability.promtool import ALERTS, PROMETHEUS, RECORDING, require

_INTERVAL = "1s"
_SOONER = {"codearena:reward:mean15m": ("[15m]", "[10s]"), "CodeArenaQueueOld": ("> 30", "> 1")}
"""Of rules that wait by their expression: what of it is made shorter, since a test has no minutes."""
Sample = tuple[dict[str, str], float]


class Prometheus:
    """Asks the server at the URL."""

    def __init__(self, url: str) -> None:
        self._http = httpx.AsyncClient(base_url=url, timeout=30)

    async def close(self) -> None:
        await self._http.aclose()

    async def ready(self) -> bool:
        try:
            return (await self._http.get("/-/ready")).is_success
        except httpx.TransportError:
            return False

    async def ask(self, query: str) -> list[Sample]:
        """Labels and value of each series that the query finds now."""
        answer = (await self._http.get("/api/v1/query", params={"query": query})).json()
        assert answer["status"] == "success", answer
        return [(each["metric"], float(each["value"][1])) for each in answer["data"]["result"]]

    async def value(self, query: str) -> float:
        """Of a query that finds one number; nan: nothing."""
        found = await self.ask(query)
        return found[0][1] if found else math.nan

    async def scraped_all(self, targets: int) -> None:
        """Returns when every target has been scraped after this was called, and rules have been evaluated since."""
        for which in ("a first", "a second"):  # rules have been evaluated between two scrapes
            # timestamp() of anything but a plain selector is the time of the query, not of the scrape.
            scraped = f"count((timestamp(up) > {await self.value('vector(time())')}) and up == 1)"
            await until(partial(self._count, scraped, targets), f"all targets are scraped {which} time")

    async def _count(self, query: str, wanted: int) -> bool:
        return await self.value(query) == wanted

    async def firing(self) -> set[str]:
        """Names of the alerts that fire."""
        return {labels["alertname"] for labels, _ in await self.ask('ALERTS{alertstate="firing"}')}

    async def queue_is_old(self, service: str) -> None:
        """Returns when the alert about old queues fires for that service's."""
        alert = f'ALERTS{{alertname="CodeArenaQueueOld", alertstate="firing", service="{service}"}}'
        await until(lambda: self._count(alert, 1), f"the queue of the {service} is old")

    async def fires(self, *alerts: str) -> None:
        """Returns when all of them do."""

        async def they_do() -> bool:
            return set(alerts) <= await self.firing()

        await until(they_do, f"{alerts} fire")


@asynccontextmanager
async def prometheus(
    folder: Path, targets: Mapping[str, str], token_file: Path | None = None
) -> AsyncIterator[Prometheus]:
    """Scrapes host:port by job. token_file: holds an API key that goes with each scrape."""
    port = free_port()
    _configure(folder, targets, token_file)
    command = [
        require("prometheus"),
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
    ]
    command += [f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"]
    process = await asyncio.create_subprocess_exec(*command)
    server = Prometheus(f"http://127.0.0.1:{port}")
    try:
        await until(server.ready, "Prometheus is ready")
        yield server
    finally:
        await server.close()
        process.terminate()
        await process.wait()


def _configure(folder: Path, targets: Mapping[str, str], token_file: Path | None) -> None:
    """Our configuration, with targets by address instead of by name; our rules, which do not wait."""
    config = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text("utf-8"))
    config["global"] = {"scrape_interval": _INTERVAL, "evaluation_interval": _INTERVAL}
    jobs = [job["job_name"] for job in config["scrape_configs"] if "dns_sd_configs" in job]
    assert set(targets) <= set(jobs)
    authorization = {"authorization": {"credentials_file": str(token_file)}} if token_file else {}
    config["scrape_configs"] = [
        {"job_name": job, "static_configs": [{"targets": [address]}], **authorization}
        for job, address in targets.items()
    ]
    config["rule_files"] = [_quick_rules(RECORDING, folder), _quick_rules(ALERTS, folder)]
    (folder / "prometheus.yml").write_text(yaml.safe_dump(config), "utf-8")


def _quick_rules(file: Path, folder: Path) -> str:
    """Path of the same rules, without waiting."""
    rules = yaml.safe_load(file.read_text("utf-8"))
    for rule in (rule for group in rules["groups"] for rule in group["rules"]):
        rule.pop("for", None)
        if (name := rule.get("record") or rule["alert"]) in _SOONER:
            long, short = _SOONER[name]
            assert long in rule["expr"]
            rule["expr"] = rule["expr"].replace(long, short)
    quick = folder / file.name
    quick.write_text(yaml.safe_dump(rules), "utf-8")
    return str(quick)
