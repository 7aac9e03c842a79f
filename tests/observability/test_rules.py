"""Prometheus' own tool accepts configuration and rules, and every alert fires where it should and only there."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.observability.promtool import ALERTS, PROMETHEUS, RECORDING, ROOT, promtool

Series = dict[str, str]
_TO = "2h"  # of simulated time, a sample a minute
_FAILURES = 'codearena_gateway_failures_total{problem="sandbox"}'
_ATTEMPTS = 'codearena_gateway_attempts_total{verdict="solved", level="easy"}'
_READY = 'codearena_executor_sandboxes{instance="executor:1", state="ready"}'
_LEASED = 'codearena_executor_sandboxes{instance="executor:1", state="leased"}'
_CREATES = 'codearena_executor_creates_total{{result="{}"}}'.format
_RETRIES = 'codearena_gateway_retries_total{{service="judge", problem="{}"}}'.format
_UP = 'up{{job="codearena-{0}", instance="{0}:1"}}'.format
_ALL_UP = {_UP(service): "1x120" for service in ("gateway", "executor", "judge", "grader")}
_OLDEST = "codearena_{}_queue_oldest_timestamp_seconds".format
_REWARDS, _REWARD_SUM = "codearena_gateway_reward_count", "codearena_gateway_reward_sum"
_GROUPS, _VARIED = "codearena_gateway_groups_total", "codearena_gateway_groups_varied_total"
_LLM = 'codearena_judge_judgements_total{kind="llm"}'
_LLM_FAILURES = 'codearena_judge_llm_failures_total{cause="llm_timeout"}'
_CORRUPT = 'codearena_executor_lost_total{cause="corrupt"}'

FIRES: dict[str, list[Series]] = {
    "CodeArenaTargetDown": [_ALL_UP | {_UP("judge"): "0x120"}, {_UP("gateway"): "1x120"}],
    "CodeArenaInfrastructureFailures": [{_FAILURES: "0+1x120", _ATTEMPTS: "0+20x120"}],
    "CodeArenaDefect": [{'codearena_gateway_failures_total{problem="internal"}': "0x110 1x10"}],
    "CodeArenaQueueOld": [{_OLDEST(service): "60x120"} for service in ("gateway", "executor", "judge")],
    "CodeArenaPoolEmpty": [{_READY: "0x120", _LEASED: "0x120"}],
    "CodeArenaSandboxStartsFail": [{_CREATES("failed"): "0+1x120", _CREATES("ready"): "0+5x120"}],
    "CodeArenaContainersLeaked": [{'codearena_executor_abandoned_containers{instance="executor:1"}': "1x120"}],
    "CodeArenaJudgeDown": [{_RETRIES("unavailable"): "0+10x120"}],
    "CodeArenaJudgeModelFails": [
        {_LLM_FAILURES: "0+10x120", _LLM: "0+10x120"},
        {'codearena_judge_llm_breaker_state{state="open"}': "1x120"},
    ],
    "CodeArenaRedisDown": [{"codearena_gateway_redis_up": "0x120"}],
    "CodeArenaRedisNotPersisting": [{"codearena_gateway_redis_persisting": "0x120"}],
    "CodeArenaRewardCollapse": [{_REWARDS: "0+10x120", _REWARD_SUM: "0+8x90 720+1x30"}],
    "CodeArenaHackFlags": [{'codearena_judge_flags_total{flag="injection"}': "0+1x120", _CORRUPT: "0x120"}],
    "CodeArenaGroupsWithoutVariance": [{_GROUPS: "0+10x120", _VARIED: "0+1x120"}],
}
QUIET: dict[str, list[Series]] = {
    "CodeArenaTargetDown": [_ALL_UP],
    "CodeArenaInfrastructureFailures": [{_FAILURES: "0+1x120", _ATTEMPTS: "0+99x120"}, {_FAILURES: "0x120"}],
    "CodeArenaDefect": [{'codearena_gateway_failures_total{problem="internal"}': "1x120"}],
    "CodeArenaQueueOld": [{_OLDEST("gateway"): "999999999999x120"}, {_OLDEST("gateway"): "-10+60x120"}],
    "CodeArenaPoolEmpty": [{_READY: "0x120", _LEASED: "8x120"}],
    "CodeArenaSandboxStartsFail": [{_CREATES("failed"): "0+1x120", _CREATES("ready"): "0+50x120"}],
    "CodeArenaContainersLeaked": [{'codearena_executor_abandoned_containers{instance="executor:1"}': "0x120"}],
    "CodeArenaJudgeDown": [{_RETRIES("overloaded"): "0+10x120"}],
    "CodeArenaJudgeModelFails": [
        {_LLM_FAILURES: "0+1x120", _LLM: "0+10x120"},
        {_LLM_FAILURES: "0x120", _LLM: "0x120", 'codearena_judge_llm_breaker_state{state="open"}': "0x120"},
    ],
    "CodeArenaRedisDown": [{"codearena_gateway_redis_up": "1x120"}],
    "CodeArenaRedisNotPersisting": [{"codearena_gateway_redis_persisting": "1x120"}],
    "CodeArenaRewardCollapse": [
        {_REWARDS: "0+10x120", _REWARD_SUM: "0+8x120"},
        {_REWARDS: "0+1x120", _REWARD_SUM: "0+0.8x90 72+0.1x30"},  # too few to tell
    ],
    "CodeArenaHackFlags": [{'codearena_judge_flags_total{flag="injection"}': "3x120", _CORRUPT: "2x120"}],
    "CodeArenaGroupsWithoutVariance": [{_GROUPS: "0+10x120", _VARIED: "0+5x120"}],
}


def alert_names() -> list[str]:
    groups = yaml.safe_load(ALERTS.read_text("utf-8"))["groups"]
    return [rule["alert"] for group in groups for rule in group["rules"]]


def _case(alert: str, series: Series, firing: bool) -> dict[str, Any]:
    expression = f'(count(ALERTS{{alertname="{alert}", alertstate="firing"}}) or vector(0))'
    return {
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [
            {"expr": f"{expression} > bool 0", "eval_time": _TO, "exp_samples": [{"labels": "{}", "value": firing}]}
        ],
    }


def _run(tmp_path: Path, cases: list[dict[str, Any]]) -> None:
    # A number, since that is what promtool reads.
    for case in cases:
        (test,) = case["promql_expr_test"]
        test["exp_samples"][0]["value"] = int(test["exp_samples"][0]["value"])
    file = tmp_path / "cases.yml"
    document = {"rule_files": [str(ALERTS), str(RECORDING)], "evaluation_interval": "5m", "tests": cases}
    file.write_text(yaml.safe_dump(document), "utf-8")
    promtool("test", "rules", str(file))


def test_promtool_accepts_configuration_and_rules() -> None:
    promtool("check", "config", str(PROMETHEUS / "prometheus.yml"))
    promtool("check", "rules", str(ALERTS), str(RECORDING))


def test_every_alert_has_cases() -> None:
    assert list(FIRES) == list(QUIET) == alert_names()


def test_every_alert_is_also_caused_in_running_services() -> None:
    causing = ("test_live.py", "test_engine.py", "server.py")
    text = "".join((Path(__file__).parent / name).read_text("utf-8") for name in causing)
    assert [alert for alert in alert_names() if f'"{alert}"' not in text] == []


@pytest.mark.parametrize("alert", alert_names())
def test_the_alert_fires_on_what_it_is_for_and_on_nothing_less(alert: str, tmp_path: Path) -> None:
    cases = [_case(alert, series, True) for series in FIRES[alert]]
    _run(tmp_path, cases + [_case(alert, series, False) for series in QUIET[alert]])


def test_every_alert_has_a_runbook_and_every_runbook_an_alert() -> None:
    groups = yaml.safe_load(ALERTS.read_text("utf-8"))["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    named = {ROOT / rule["annotations"]["runbook"] for rule in rules}
    assert named == set((ROOT / "docs" / "runbooks").glob("*.md"))
    for rule in rules:
        page = (ROOT / rule["annotations"]["runbook"]).read_text("utf-8")
        assert f"`{rule['alert']}`" in page
        assert all(f"## {part}" in page for part in ("What it means", "What to look at", "What to do"))


def test_the_port_scraped_is_the_one_that_compose_serves_metrics_on() -> None:
    config = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text("utf-8"))
    ports = {each["port"] for job in config["scrape_configs"] for each in job.get("dns_sd_configs", [])}
    environment = dict(
        line.split("=", 1) for line in (ROOT / ".env.example").read_text("utf-8").splitlines() if "=" in line
    )
    assert ports == {int(environment["METRICS_PORT"])}


def test_the_documentation_lists_the_alerts() -> None:
    text = (ROOT / "docs" / "observability.md").read_text("utf-8")
    assert [alert for alert in alert_names() if f"| `{alert}` |" not in text] == []
