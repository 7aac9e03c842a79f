"""docs/configuration.md names every setting of every service, with its default and its meaning, and no others."""

from importlib import import_module
from pathlib import Path

from pydantic.fields import FieldInfo

PAGE = Path(__file__).parent.parent / "docs" / "configuration.md"
SERVICES = ("gateway", "executor_service", "judge_service", "grader_service")
DEFAULTS_IN_WORDS = {  # those that depend on the machine, or must not be shown
    "CODEARENA_GATEWAY_REDIS_URL": "redis://127.0.0.1:6379/0",
    "CODEARENA_GATEWAY_CORS_ORIGINS": "none",
    "CODEARENA_GATEWAY_DASHBOARD_DIR": "gateway/web",
    "CODEARENA_GATEWAY_FRAME_ANCESTORS": "none",
    "CODEARENA_GATEWAY_TASKS_DIR": "gateway/tasks",
    "CODEARENA_EXECUTOR_SECCOMP_PROFILE": "executor_service/image/seccomp.json",
    "CODEARENA_EXECUTOR_POOL_MIN": "by cores",
    "CODEARENA_EXECUTOR_POOL_MAX": "by cores",
    "CODEARENA_EXECUTOR_POOL_LEASES": "by cores",
    "CODEARENA_EXECUTOR_POOL_START_CONCURRENCY": "by cores",
    "CODEARENA_EXECUTOR_POOL_START_CONCURRENCY_SHARED": "by cores",
    "CODEARENA_EXECUTOR_POOL_LEASES_SHARED": "by cores",
    "CODEARENA_EXECUTOR_POOL_REMOVE_CONCURRENCY": "by cores",
    "CODEARENA_JUDGE_CONCURRENCY": "by cores",
}
UNITS = {"_per_s": "1/s", "_s": "s", "_bytes": "bytes", "_chars": "characters"}


def row(name: str, field: str, info: FieldInfo) -> str:
    default = DEFAULTS_IN_WORDS.get(name, info.get_default(call_default_factory=True, validated_data={}))
    unit = next((unit for suffix, unit in UNITS.items() if field.endswith(suffix)), "")
    shown = "none" if default is None else str(default)
    return f"| `{name}` | {shown} | {unit} | {info.description} |"


def expected_rows() -> list[str]:
    rows = []
    for service in SERVICES:
        settings = import_module(f"{service}.settings").Settings
        prefix = settings.model_config["env_prefix"]
        rows += [row(prefix + name.upper(), name, info) for name, info in settings.model_fields.items()]
    return rows


def test_every_setting_is_documented_as_it_is() -> None:
    documented = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `")]
    assert "\n".join(documented) == "\n".join(expected_rows())
