"""What the filtering proxy lets through: what the isolations ask, no container that could do more than a sandbox."""

import json
from typing import Any

import pytest

from executor_service.isolation import allowed, hardening
from executor_service.isolation.owner import Owner
from executor_service.settings import Settings

SETTINGS = Settings()
SECCOMP = SETTINGS.seccomp_profile.read_text("utf-8")
LABELS = Owner.this_process().labels(60)
_OPEN_PROFILE = 'seccomp={"defaultAction": "SCMP_ACT_ALLOW"}'


def sandbox() -> dict[str, Any]:
    return hardening.configuration(SETTINGS, "sha256:1", SECCOMP, LABELS)


def refusal(configuration: object) -> str:
    return allowed.refusal(json.dumps(configuration).encode(), SECCOMP)


def test_what_the_isolations_make_may_be_made() -> None:
    assert refusal(sandbox()) == ""
    assert refusal(hardening.configuration(Settings(runtime="runsc"), "sha256:1", SECCOMP, LABELS)) == ""
    assert refusal(hardening.cell_configuration(SETTINGS, "sha256:1", SECCOMP, LABELS)) == ""


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("Privileged", True),
        ("Binds", ["/:/host"]),
        ("binds", ["/:/host"]),
        ("Mounts", [{"Type": "bind", "Source": "/", "Target": "/host"}]),
        ("CapAdd", ["SYS_ADMIN"]),
        ("CapDrop", []),
        ("NetworkMode", "host"),
        ("PidMode", "host"),
        ("UsernsMode", "host"),
        ("IpcMode", "host"),
        ("Devices", [{"PathOnHost": "/dev/sda"}]),
        ("CgroupParent", "/"),
        ("SecurityOpt", ["no-new-privileges"]),
        ("SecurityOpt", ["no-new-privileges", "seccomp=unconfined"]),
        ("SecurityOpt", ["no-new-privileges", _OPEN_PROFILE]),
        ("SecurityOpt", ["no-new-privileges", f"seccomp={SECCOMP}", "systempaths=unconfined"]),
        ("MaskedPaths", []),
        ("ReadonlyRootfs", False),
        ("LogConfig", {"Type": "syslog", "Config": {"syslog-address": "tcp://10.0.0.1"}}),
        ("Memory", 0),
        ("MemorySwap", -1),
        ("PidsLimit", -1),
        ("OomScoreAdj", -1000),
    ],
)
def test_a_container_that_could_do_more_may_not_be_made(field: str, value: object) -> None:
    weaker = sandbox()
    weaker["HostConfig"][field] = value
    assert refusal(weaker)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("NetworkDisabled", False),
        ("Labels", {}),
        ("Volumes", {"/host": {}}),
        ("Entrypoint", ["sh"]),
        ("HostConfig", None),
    ],
)
def test_nor_one_that_is_no_sandbox(field: str, value: object) -> None:
    assert refusal(sandbox() | {field: value})


def test_a_key_that_is_repeated_does_not_hide_what_stood_under_it() -> None:
    clean = json.dumps(sandbox())
    twice = '{"HostConfig": {"Privileged": true, "Binds": ["/:/host"]}, ' + clean[1:]
    assert json.loads(twice) == sandbox()  # what one reader of it sees
    assert allowed.refusal(twice.encode(), SECCOMP)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"null", json.dumps(sandbox()).encode("utf-16")])
def test_what_is_no_configuration_is_refused(body: bytes) -> None:
    assert allowed.refusal(body, SECCOMP)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1.41/images/create"),
        ("POST", "/v1.41/containers/abc/exec"),
        ("PUT", "/v1.41/containers/abc/archive"),
        ("GET", "/v1.41/containers/abc/archive"),
        ("POST", "/v1.41/containers/abc/update"),
        ("POST", "/v1.41/volumes/create"),
        ("POST", "/build"),
        ("GET", "/v1.41/secrets"),
        ("POST", "/v1.41/containers/../images/create"),
        ("GET", "/v1.41/images/../containers/abc/json"),
        ("GET", "/v1.41/images/%2e%2e/containers/abc/json"),
        ("POST", "//containers/create"),
    ],
)
def test_nothing_else_may_be_asked(method: str, path: str) -> None:
    assert not allowed.is_question(method, path, "")
    assert not allowed.is_creation(method, path)
    assert allowed.container_of(method, path) is None


def test_only_our_containers_may_be_listed_and_only_known_parameters_used() -> None:
    ours = "all=1&filters=" + json.dumps({"label": ["codearena.role=runner"]})
    assert allowed.is_question("GET", "/v1.41/containers/json", ours)
    assert not allowed.is_question("GET", "/v1.41/containers/json", "all=1")
    assert not allowed.parameters_are_known("checkpoint=x&checkpoint-dir=/etc")
