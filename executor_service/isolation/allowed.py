"""What may be asked of the Docker engine through the filtering proxy: what the isolations ask. Pure.

Whoever may create any container at all is root on the host, so the body of a creation counts as much as its path: it
may name nothing but what `hardening` sets, and nothing weaker.
"""

import json
import re
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import parse_qs

from executor_service.isolation.hardening import cell_seccomp
from executor_service.isolation.owner import OWNER_LABEL, ROLE, ROLE_LABEL

_CONTAINER = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}"
_VERSION = r"(?:/v1\.\d{1,3})?"
# An image's name may have slashes, and nothing that leads elsewhere.
_IMAGE = r"(?![^?#%]*\.\.)[A-Za-z0-9][A-Za-z0-9_./:@-]{0,255}"
_ANYWHERE = re.compile(rf"{_VERSION}/(?:_ping|version|info|images/{_IMAGE}/json)")
_LIST = re.compile(rf"{_VERSION}/containers/json")
_CREATE = re.compile(rf"{_VERSION}/containers/create")
_OF_ONE = {
    "GET": re.compile(rf"{_VERSION}/containers/({_CONTAINER})/json"),
    "POST": re.compile(rf"{_VERSION}/containers/({_CONTAINER})/(?:attach|start|wait)"),
    "DELETE": re.compile(rf"{_VERSION}/containers/({_CONTAINER})"),
}
_PARAMETERS = {
    *("name", "stdin", "stdout", "stderr", "stream", "logs", "force", "v", "link", "condition"),
    *("all", "filters", "limit", "size", "trunc_cmd"),
}
_CAPABILITIES = {"SETUID", "SETGID", "KILL"}
_KEYS = {
    *("Image", "User", "Hostname", "Labels", "OpenStdin", "StdinOnce", "AttachStdin", "AttachStdout", "AttachStderr"),
    *("Tty", "NetworkDisabled", "Healthcheck", "Cmd", "HostConfig"),
}
_HOST_KEYS = {
    *("ReadonlyRootfs", "Tmpfs", "IpcMode", "CapDrop", "CapAdd", "SecurityOpt", "Memory", "MemorySwap", "NanoCpus"),
    *("PidsLimit", "Ulimits", "OomScoreAdj", "LogConfig", "Init", "AutoRemove", "RestartPolicy", "Privileged"),
    *("Runtime", "MaskedPaths", "ReadonlyPaths"),
}


def parameters_are_known(query: str) -> bool:
    """Whether the query names only parameters that the isolations use: others, like `checkpoint`, can do much."""
    return set(parse_qs(query, keep_blank_values=True)) <= _PARAMETERS


def is_question(method: str, path: str, query: str) -> bool:
    """Whether it only asks about the engine, its images, or which containers of ours there are."""
    if method not in ("GET", "HEAD"):
        return False
    return _ANYWHERE.fullmatch(path) is not None or (_LIST.fullmatch(path) is not None and _of_ours(query))


def _of_ours(query: str) -> bool:
    try:
        labels = json.loads(parse_qs(query)["filters"][0])["label"]
    except (KeyError, ValueError, TypeError):
        return False
    return f"{ROLE_LABEL}={ROLE}" in labels


def is_creation(method: str, path: str) -> bool:
    return method == "POST" and _CREATE.fullmatch(path) is not None


def container_of(method: str, path: str) -> str | None:
    """Id or name of the container that the request is about; None: it is no request that may be made."""
    pattern = _OF_ONE.get(method)
    match = pattern.fullmatch(path) if pattern else None
    return match[1] if match else None


def refusal(body: bytes, seccomp: str) -> str:
    """Why a container may not be made so; empty if it may. seccomp: the profile's text that sandboxes have."""
    try:
        asked = json.loads(body.decode("utf-8"), object_pairs_hook=_without_repeats)
        host = asked["HostConfig"]
        unknown = (set(asked) - _KEYS) | (set(host) - _HOST_KEYS)
        return _weakness(asked, host, seccomp) if not unknown else f"{', '.join(sorted(unknown))} may not be set"
    except (ValueError, KeyError, TypeError, AttributeError):
        return "not the configuration of a sandbox"


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The engine merges objects whose key is repeated, where we would see only the last."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is repeated")
    return found


def _weakness(asked: Mapping[str, Any], host: Mapping[str, Any], seccomp: str) -> str:
    """The first rule that does not hold."""
    in_cells = f"seccomp={cell_seccomp(seccomp)}" in host["SecurityOpt"]
    rules = {
        "the labels of a sandbox": OWNER_LABEL in asked["Labels"] and asked["Labels"].get(ROLE_LABEL) == ROLE,
        "no network": asked["NetworkDisabled"] is True,
        "a read-only root": host["ReadonlyRootfs"] is True,
        "no privileges": host["Privileged"] is False,
        "all capabilities dropped": host["CapDrop"] == ["ALL"],
        "no other capability than SETUID, SETGID, KILL": set(host["CapAdd"]) <= _CAPABILITIES,
        "no-new-privileges and our seccomp profile": _is_confined(host["SecurityOpt"], seccomp),
        "masked paths, unless it is for cells": in_cells or not {"MaskedPaths", "ReadonlyPaths"} & set(host),
        "no shared IPC": host["IpcMode"] == "none",
        "no log": host["LogConfig"] == {"Type": "none"},
        "a limit on memory": host["Memory"] > 0 and host["MemorySwap"] == host["Memory"],
        "a limit on processes": host["PidsLimit"] > 0,
        "no better place than others when memory is short": host["OomScoreAdj"] >= 0,
    }
    return next((f"it must have {rule}" for rule, holds in rules.items() if not holds), "")


def _is_confined(options: Collection[str], seccomp: str) -> bool:
    profiles = {f"seccomp={seccomp}", f"seccomp={cell_seccomp(seccomp)}"}
    return len(options) == 2 and "no-new-privileges" in options and bool(profiles & set(options))
