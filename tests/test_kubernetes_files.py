"""What deploy/kubernetes would apply: valid by the published schemas, confined, named as services and settings are."""

import functools
import importlib
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from codearena.server.settings import ServiceSettings
from executor_service.settings import Settings as ExecutorSettings
from gateway.settings import Settings as GatewaySettings
from grader_service.settings import Settings as GraderSettings
from judge_service.settings import Settings as JudgeSettings
from tests import metric_table

ROOT = Path(__file__).parent.parent
KUBERNETES = ROOT / "deploy" / "kubernetes"
OVERLAYS = sorted(folder.name for folder in (KUBERNETES / "overlays").iterdir())
# The one that changes what kind executors are comes last, as it says.
COMPONENTS = sorted((each.name for each in (KUBERNETES / "components").iterdir()), key=lambda name: "elastic" in name)
OLDEST = "1.29"  # from which on a sidecar ends after the containers that it is beside
SERVICES: dict[str, type[ServiceSettings]] = {
    "gateway": GatewaySettings,
    "executor": ExecutorSettings,
    "judge": JudgeSettings,
    "grader": GraderSettings,
}
WITHOUT_A_SCHEMA = {"ServiceMonitor"}  # not of Kubernetes itself

Manifest = dict[str, Any]


@pytest.fixture(scope="session")
def renderings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Manifest]]:
    """What each overlay comes to, and `all`, the smallest with every component."""
    if shutil.which("kubectl") is None:
        pytest.skip("no kubectl command on PATH")
    copy = tmp_path_factory.mktemp("kubernetes") / "kubernetes"
    shutil.copytree(KUBERNETES, copy)
    everything = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": ["../small"],
        "components": [f"../../components/{name}" for name in COMPONENTS],
    }
    (copy / "overlays" / "all").mkdir()
    (copy / "overlays" / "all" / "kustomization.yaml").write_text(yaml.safe_dump(everything))
    return {name: _rendered(copy / "overlays" / name) for name in (*OVERLAYS, "all")}


def _rendered(overlay: Path) -> list[Manifest]:
    command = ["kubectl", "kustomize", str(overlay)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    return list(yaml.safe_load_all(ran.stdout))


@functools.cache
def _keys_pod() -> Manifest:
    found: Manifest = yaml.safe_load((KUBERNETES / "keys.yaml").read_text("utf-8"))
    return found


def _of_kind(manifests: list[Manifest], *kinds: str) -> list[Manifest]:
    return [each for each in manifests if each["kind"] in kinds]


def _workloads(manifests: list[Manifest]) -> dict[str, Manifest]:
    return {each["metadata"]["name"]: each for each in _of_kind(manifests, "Deployment", "DaemonSet")}


def _pod(workload: Manifest) -> Manifest:
    found: Manifest = workload["spec"]["template"]["spec"]
    return found


def _container(workload: Manifest) -> Manifest:
    (found,) = _pod(workload)["containers"]
    return dict(found)


def _environment(workload: Manifest) -> dict[str, str]:
    return {each["name"]: each["value"] for each in _container(workload)["env"]}


def _labels(workload: Manifest) -> dict[str, str]:
    found: dict[str, str] = workload["spec"]["template"]["metadata"]["labels"]
    return found


@pytest.mark.parametrize("name", [*OVERLAYS, "all"])
def test_every_manifest_is_valid_by_the_published_schemas(renderings: dict[str, list[Manifest]], name: str) -> None:
    try:
        schemas = importlib.import_module("kubernetes_validate")
    except ModuleNotFoundError:
        pytest.skip("the package kubernetes-validate is not installed")
    for manifest in [*renderings[name], _keys_pod()]:
        if manifest["kind"] not in WITHOUT_A_SCHEMA:
            for version in (OLDEST, schemas.latest_version()):
                schemas.validate(manifest, version, strict=True)


@pytest.mark.parametrize("name", [*OVERLAYS, "all"])
@pytest.mark.parametrize("service", SERVICES)
def test_every_variable_is_a_setting_and_has_a_value_that_it_takes(
    renderings: dict[str, list[Manifest]], name: str, service: str
) -> None:
    variables = _environment(_workloads(renderings[name])[service])
    prefix = f"CODEARENA_{service.upper()}_"
    fields = {variable.removeprefix(prefix).lower(): value for variable, value in variables.items()}
    assert fields.keys() <= SERVICES[service].model_fields.keys()
    SERVICES[service].model_validate(fields)


@pytest.mark.parametrize("name", [*OVERLAYS, "all"])
@pytest.mark.parametrize("service", SERVICES)
def test_ports_are_those_that_the_service_listens_on(
    renderings: dict[str, list[Manifest]], name: str, service: str
) -> None:
    workload = _workloads(renderings[name])[service]
    variables, prefix = _environment(workload), f"CODEARENA_{service.upper()}"
    listens = {int(variables[f"{prefix}_PORT"]), int(variables[f"{prefix}_METRICS_PORT"])}
    named = {port["name"]: port["containerPort"] for port in _container(workload)["ports"]}
    assert set(named.values()) == listens
    (found,) = [each for each in _of_kind(renderings[name], "Service") if each["metadata"]["name"] == service]
    assert {named[port["targetPort"]] for port in found["spec"]["ports"]} == {
        port["port"] for port in found["spec"]["ports"]
    }
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        how = _container(workload)[probe]
        asked = next(how[kind]["port"] for kind in ("grpc", "httpGet", "tcpSocket") if kind in how)
        assert named.get(asked, asked) in listens


@pytest.mark.parametrize("service", ["executor", "judge", "grader"])
def test_gateways_call_each_service_at_the_pods_that_are_ready(
    renderings: dict[str, list[Manifest]], service: str
) -> None:
    for manifests in renderings.values():
        address = _environment(_workloads(manifests)["gateway"])[f"CODEARENA_GATEWAY_{service.upper()}_ADDRESS"]
        (found,) = [each for each in _of_kind(manifests, "Service") if each["metadata"]["name"] == service]
        assert found["spec"]["clusterIP"] == "None"  # else all calls of a connection go to one pod
        port = _environment(_workloads(manifests)[service])[f"CODEARENA_{service.upper()}_PORT"]
        assert address == f"dns:///{service}.{found['metadata']['namespace']}.svc:{port}"


@pytest.mark.parametrize("service", ["executor", "judge", "grader"])
def test_services_are_ready_when_their_health_by_grpc_says_so(
    renderings: dict[str, list[Manifest]], service: str
) -> None:
    for name in OVERLAYS:
        container = _container(_workloads(renderings[name])[service])
        assert container["readinessProbe"]["grpc"]["port"] == container["startupProbe"]["grpc"]["port"]
    # kubelet has no certificate to show where services ask for one.
    assert "grpc" not in _container(_workloads(renderings["all"])[service])["readinessProbe"]


@pytest.mark.parametrize("name", [*OVERLAYS, "all"])
def test_every_container_of_ours_is_confined_as_in_compose(renderings: dict[str, list[Manifest]], name: str) -> None:
    for each in [*map(_pod, _workloads(renderings[name]).values()), _keys_pod()["spec"]]:
        assert each["automountServiceAccountToken"] is False
        for container in [*each["containers"], *each.get("initContainers", [])]:
            if container["name"] == "engine":
                continue
            allowed = {**each["securityContext"], **container["securityContext"]}
            assert allowed["runAsNonRoot"] is True
            assert allowed["readOnlyRootFilesystem"] is True
            assert allowed["allowPrivilegeEscalation"] is False
            assert allowed["capabilities"] == {"drop": ["ALL"]}
            assert allowed["seccompProfile"] == {"type": "RuntimeDefault"}
            assert container["resources"]["limits"]["memory"] == container["resources"]["requests"]["memory"]


@pytest.mark.parametrize("name", [*OVERLAYS, "all"])
def test_only_executors_are_where_privileged_pods_may_be(renderings: dict[str, list[Manifest]], name: str) -> None:
    allowed = {
        each["metadata"]["name"]: each["metadata"]["labels"]["pod-security.kubernetes.io/enforce"]
        for each in _of_kind(renderings[name], "Namespace")
    }
    assert allowed == {"codearena": "restricted", "codearena-executors": "privileged"}
    where = {name: each["metadata"]["namespace"] for name, each in _workloads(renderings[name]).items()}
    assert {name for name, namespace in where.items() if namespace == "codearena-executors"} == {"executor"}
    engine, archive = (
        next(each for each in _pod(_workloads(renderings[name])["executor"])["initContainers"] if each["name"] == which)
        for which in ("engine", "archive")
    )
    assert engine["securityContext"] == {"privileged": True}
    assert "privileged" not in archive["securityContext"]


@pytest.mark.parametrize("name", [*OVERLAYS, "all"])
def test_executors_and_sandboxes_reach_nothing(renderings: dict[str, list[Manifest]], name: str) -> None:
    policies = [
        each["spec"]
        for each in _of_kind(renderings[name], "NetworkPolicy")
        if each["metadata"]["namespace"] == "codearena-executors"
    ]
    assert {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]} in policies
    assert not [each for each in policies if "egress" in each]
    pod = _pod(_workloads(renderings[name])["executor"])
    assert "hostNetwork" not in pod
    (engine,) = [each for each in pod["initContainers"] if each["name"] == "engine"]
    assert "--bridge=none" in engine["args"]
    assert [arg for arg in engine["args"] if arg.startswith("--host")] == ["--host=unix:///run/engine/docker.sock"]


@pytest.mark.parametrize("name", [*OVERLAYS, "all"])
def test_nobody_reaches_anybody_unless_a_policy_says_so(renderings: dict[str, list[Manifest]], name: str) -> None:
    policies = _of_kind(renderings[name], "NetworkPolicy")
    closed = [each["metadata"]["namespace"] for each in policies if each["metadata"]["name"] == "nothing"]
    assert sorted(closed) == ["codearena", "codearena-executors"]
    listens = {
        (each["metadata"]["namespace"], port["containerPort"])
        for each in _workloads(renderings[name]).values()
        for port in _container(each)["ports"]
    }
    for policy in policies:
        for rule in policy["spec"].get("ingress", []):
            namespace = policy["metadata"]["namespace"]
            assert {(namespace, port["port"]) for port in rule["ports"]} <= listens
        assert _selected(policy["spec"]["podSelector"], renderings[name], policy["metadata"]["namespace"])


def _selected(selector: Manifest, manifests: list[Manifest], namespace: str) -> list[str]:
    wanted = selector.get("matchLabels", {}).items()
    return [
        name
        for name, each in _workloads(manifests).items()
        if each["metadata"]["namespace"] == namespace and wanted <= _labels(each).items()
    ]


@pytest.mark.parametrize("name", [*OVERLAYS, "all"])
def test_what_selects_or_scales_pods_finds_them(renderings: dict[str, list[Manifest]], name: str) -> None:
    for each in _of_kind(renderings[name], "Service", "PodDisruptionBudget"):
        selector = each["spec"]["selector"]
        labels = selector if each["kind"] == "Service" else selector["matchLabels"]
        selected = _selected({"matchLabels": labels}, renderings[name], each["metadata"]["namespace"])
        assert selected == [each["metadata"]["name"]]
    for each in _of_kind(renderings[name], "HorizontalPodAutoscaler"):
        target, scaled = each["spec"]["scaleTargetRef"], _workloads(renderings[name])[each["metadata"]["name"]]
        assert (target["kind"], target["name"]) == (scaled["kind"], scaled["metadata"]["name"])
        assert "replicas" not in scaled["spec"]
    for each in _of_kind(renderings[name], "ServiceMonitor"):
        (expression,) = each["spec"]["selector"]["matchExpressions"]
        there = {
            service["metadata"]["labels"]["app.kubernetes.io/name"]
            for service in _of_kind(renderings[name], "Service")
            if service["metadata"]["namespace"] == each["metadata"]["namespace"]
        }
        assert set(expression["values"]) == there


def test_evictions_leave_every_service_that_can_move_all_but_one_pod(renderings: dict[str, list[Manifest]]) -> None:
    for manifests in renderings.values():
        moving = {name for name, each in _workloads(manifests).items() if each["kind"] == "Deployment"}
        budgets = {each["metadata"]["name"]: each["spec"] for each in _of_kind(manifests, "PodDisruptionBudget")}
        assert budgets.keys() == moving
        assert {each["maxUnavailable"] for each in budgets.values()} == {1}


def _images(manifests: list[Manifest]) -> Iterator[str]:
    for each in map(_pod, _workloads(manifests).values()):
        for container in [*each["containers"], *each.get("initContainers", [])]:
            yield container["image"]


@pytest.mark.parametrize("name", OVERLAYS)
def test_every_image_is_one_that_is_built_here_or_a_pinned_engine(
    renderings: dict[str, list[Manifest]], name: str
) -> None:
    targets = re.findall(r"^FROM .* AS (\w+)$", (ROOT / "deploy" / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    built = {f"codearena-{target}" for target in targets} | {"codearena-runner-archive"}
    theirs = set()
    for image in [*_images(renderings[name]), _keys_pod()["spec"]["containers"][0]["image"]]:
        place, tag = image.rsplit(":", 1)
        if place.startswith("registry.example.org/"):
            assert place.removeprefix("registry.example.org/") in built
        else:
            theirs.add(place)
            assert re.fullmatch(r"\d+\.\d+\.\d+-dind", tag)
    assert theirs == {"docker"}


def test_sandboxes_are_of_the_image_that_the_engine_waits_for(renderings: dict[str, list[Manifest]]) -> None:
    workload = _workloads(renderings["small"])["executor"]
    image = _environment(workload)["CODEARENA_EXECUTOR_IMAGE"]
    (engine,) = [each for each in _pod(workload)["initContainers"] if each["name"] == "engine"]
    assert engine["startupProbe"]["exec"]["command"][-1] == image
    assert f"docker save {image} " in (KUBERNETES / "archive.Dockerfile").read_text("utf-8")
    assert f"docker save {image} " in (KUBERNETES / "README.md").read_text("utf-8")


def test_memory_is_what_compose_gives(renderings: dict[str, list[Manifest]]) -> None:
    lines = (ROOT / ".env.example").read_text("utf-8").splitlines()
    given = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    for service in SERVICES:
        limit = _container(_workloads(renderings["small"])[service])["resources"]["limits"]["memory"]
        assert limit.replace("Mi", "m").replace("Gi", "g") == given[f"{service.upper()}_MEMORY"]


def test_every_metric_that_scales_is_one_of_a_service() -> None:
    adapter = (KUBERNETES / "prometheus-adapter.yaml").read_text("utf-8")
    exposed = set(map(metric_table.exposed_name, metric_table.metrics()))
    rules = yaml.safe_load(adapter)["rules"]
    for rule in [*rules["custom"], *rules["external"]]:
        (name,) = re.findall(r"^\w+", rule["seriesQuery"])
        assert name in exposed
    offered = {rule["name"]["as"] for rule in [*rules["custom"], *rules["external"]]}
    wanted = {
        next(iter(metric[kind] for kind in ("pods", "external") if kind in metric))["metric"]["name"]
        for file in KUBERNETES.glob("components/*/autoscaler*.yaml")
        for manifest in yaml.safe_load_all(file.read_text("utf-8"))
        if manifest["kind"] == "HorizontalPodAutoscaler"
        for metric in manifest["spec"]["metrics"]
        if metric["type"] != "Resource"
    }
    assert wanted == offered


def test_secrets_are_named_and_never_there(renderings: dict[str, list[Manifest]]) -> None:
    assert not [each for manifests in renderings.values() for each in _of_kind(manifests, "Secret")]
    readme = (KUBERNETES / "README.md").read_text("utf-8")
    files = set(re.findall(r"--from-file=(codearena_\w+)=", readme))
    fields = {name.removeprefix("codearena_gateway_") for name in files if name.startswith("codearena_gateway_")}
    assert {"redis_url", "api_key_pepper", "cases_secret"} == fields <= GatewaySettings.model_fields.keys()
    assert {name.removeprefix("codearena_judge_") for name in files} - files <= JudgeSettings.model_fields.keys()


def test_readme_names_every_component_and_files_that_are_there() -> None:
    readme = (KUBERNETES / "README.md").read_text("utf-8")
    assert {name for name in COMPONENTS if f"`{name}`" not in readme} == set()
    named = set(re.findall(r"deploy/kubernetes(?:/[\w.-]+)+", readme))
    assert named
    assert {name for name in named if not (ROOT / name).exists() and "/mine" not in name} == set()
