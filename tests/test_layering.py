"""Who may import whom: held by reading the imports of every module, wherever in it they stand."""

import ast
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = {"codearena", "gateway", "executor_service", "grader_service", "judge_service"}
SERVICES = {"executor_service", "grader_service", "judge_service"}
MODEL_CLIENTS = {"openai", "anthropic", "litellm"}
SDK = [
    "__init__",
    "background",
    "errors",
    "learning",
    "models",
    "retry",
    "sdk.bulk",
    "sdk.client",
    "sdk.following",
    "sdk.live",
    "sdk.transport",
]
"""Modules that the base install must be able to import."""


def modules(package: str) -> Iterator[str]:
    """Dotted names of the hand-written modules of a package, which tasks are none of."""
    for path in sorted((ROOT / package).rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        if not name.startswith(("codearena.v1.", "gateway.tasks.")):
            yield name.removesuffix(".__init__")


def path_of(module: str) -> Path:
    path = ROOT / Path(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def imports(module: str) -> set[str]:
    """Dotted names that a module imports at run time, also inside functions."""
    found = set()
    for node in at_run_time(ast.parse(path_of(module).read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relative to itself"
            # `from package import module` and `from module import name` look the same: both are counted.
            found |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def at_run_time(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and isinstance(child.test, ast.Name) and child.test.id == "TYPE_CHECKING":
            continue
        yield child
        yield from at_run_time(child)


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def offenders(package: str, forbidden: Callable[[str, str], bool]) -> list[str]:
    """`module -> import` of every import of the package for which `forbidden(module, import)`."""
    pairs = [(module, name) for module in modules(package) for name in sorted(imports(module))]
    return [f"{module} -> {name}" for module, name in pairs if forbidden(module, name)]


def top(name: str) -> str:
    return name.partition(".")[0]


def test_codearena_imports_nothing_of_ours() -> None:
    assert offenders("codearena", lambda _, name: top(name) in OURS - {"codearena"}) == []


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_a_service_imports_codearena_and_itself_only(service: str) -> None:
    assert offenders(service, lambda _, name: top(name) in OURS - {"codearena", service}) == []


def test_only_embedded_imports_the_services() -> None:
    assert offenders("gateway", lambda module, name: top(name) in SERVICES and module != "gateway.embedded") == []


@pytest.mark.parametrize("package", sorted(OURS))
def test_only_the_store_and_what_judges_share_import_redis(package: str) -> None:
    def foreign(module: str, name: str) -> bool:
        return top(name) == "redis" and not within(module, "gateway.store") and module != "judge_service.shared"

    assert offenders(package, foreign) == []


@pytest.mark.parametrize("package", sorted(OURS))
def test_only_isolation_imports_docker(package: str) -> None:
    inside = "executor_service.isolation"
    assert offenders(package, lambda module, name: top(name) == "docker" and not within(module, inside)) == []


@pytest.mark.parametrize("package", sorted(OURS))
def test_only_the_judge_the_fixer_and_the_evaluation_import_a_model_client(package: str) -> None:
    allowed = {"judge_service.llm", "gateway.repair.fixer", "codearena.evaluation.endpoint"}
    assert offenders(package, lambda module, name: top(name) in MODEL_CLIENTS and module not in allowed) == []


def test_the_executor_knows_no_tasks() -> None:
    assert offenders("executor_service", lambda _, name: within(name, "codearena.tasks.task")) == []


def test_the_executor_knows_no_expectations() -> None:
    assert offenders("executor_service", lambda _, name: within(name, "codearena.v1.grader_pb2")) == []


def test_the_runner_needs_the_standard_library_itself_and_values_only() -> None:
    def foreign(module: str, name: str) -> bool:
        if not within(module, "executor_service.runner") or top(name) in sys.stdlib_module_names:
            return False
        own = within(name, "executor_service.runner") or name in ("executor_service", "codearena")
        return not own and not within(name, "codearena.values")

    assert offenders("executor_service", foreign) == []


def test_the_sdk_needs_no_stubs_and_no_rpc() -> None:
    found = [
        f"{module} -> {name}" for module in SDK for name in imports(f"codearena.{module}".removesuffix(".__init__"))
    ]
    heavy = (
        "codearena.v1",
        "codearena.server.rpc",
        "codearena.server.telemetry",
        "codearena.server.settings",
        "codearena.tasks.task",
    )
    assert [pair for pair in found if any(within(pair.partition(" -> ")[2], package) for package in heavy)] == []


def test_every_package_of_ours_was_looked_at() -> None:
    found = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "benchmarks", "server", "examples"}
    assert found == OURS
