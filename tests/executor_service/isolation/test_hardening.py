import json
from pathlib import Path

from executor_service.isolation.hardening import cell_configuration, configuration
from executor_service.settings import Settings

ROOT = Path(__file__).parents[3]
SETTINGS = Settings()
PROFILE = json.loads(SETTINGS.seccomp_profile.read_text())
ALLOWED = {name for group in PROFILE["syscalls"] if group["action"] == "SCMP_ACT_ALLOW" for name in group["names"]}
REFUSED = """
    add_key bpf chroot clock_settime delete_module execveat finit_module fsopen init_module io_uring_enter
    io_uring_register io_uring_setup kcmp kexec_file_load kexec_load keyctl memfd_create mknod mount mount_setattr
    move_mount name_to_handle_at open_by_handle_at open_tree perf_event_open personality pidfd_getfd pivot_root
    process_vm_readv process_vm_writev ptrace quotactl reboot request_key setns splice swapon syslog umount2 unshare
    userfaultfd vmsplice
"""


def host(**changes: object) -> dict[str, object]:
    settings = Settings(**changes)  # type: ignore[arg-type]
    made = configuration(settings, "image", "{}", {})["HostConfig"]
    assert isinstance(made, dict)
    return made


def test_dangerous_system_calls_are_not_on_the_list() -> None:
    assert ALLOWED.isdisjoint(REFUSED.split())


def test_what_is_not_on_the_list_is_refused() -> None:
    assert PROFILE["defaultAction"] == "SCMP_ACT_ERRNO"


def test_every_group_gives_its_reason() -> None:
    assert all(len(group["comment"]) > 20 for group in PROFILE["syscalls"])


def test_no_call_that_creates_namespaces_is_allowed_without_looking_at_its_flags() -> None:
    clone = [group for group in PROFILE["syscalls"] if "clone" in group["names"]]
    assert [group["args"][0]["op"] for group in clone] == ["SCMP_CMP_MASKED_EQ"]
    assert "clone3" not in ALLOWED


def test_only_three_capabilities_are_kept() -> None:
    assert host()["CapDrop"] == ["ALL"]
    assert host()["CapAdd"] == ["SETUID", "SETGID", "KILL"]


def test_there_is_no_swap_beyond_the_memory() -> None:
    assert host()["Memory"] == host()["MemorySwap"] == SETTINGS.memory_bytes + SETTINGS.runner_memory_bytes


def test_the_profile_is_sent_as_text_so_that_the_engine_may_be_elsewhere() -> None:
    sent = configuration(SETTINGS, "image", '{"x":1}', {})["HostConfig"]["SecurityOpt"]
    assert sent == ["no-new-privileges", 'seccomp={"x":1}']


def test_the_runtime_is_passed_on_only_if_set() -> None:
    assert "Runtime" not in host()
    assert host(runtime="runsc")["Runtime"] == "runsc"


def test_nothing_of_the_host_is_mounted() -> None:
    made = configuration(SETTINGS, "image", "{}", {})
    assert not {"Binds", "Mounts", "Devices", "VolumesFrom"} & made["HostConfig"].keys()
    assert made["NetworkDisabled"] is True


def test_the_default_profile_is_the_one_that_is_compiled_into_the_image() -> None:
    assert SETTINGS.seccomp_profile.resolve() == ROOT / "executor_service" / "image" / "seccomp.json"


def test_a_container_of_cells_differs_in_nothing_but_what_makes_namespaces() -> None:
    text = SETTINGS.seccomp_profile.read_text()
    plain = configuration(SETTINGS, "image", text, {})
    cells = cell_configuration(SETTINGS, "image", text, {})
    assert cells.pop("Cmd") == ["--cell", "67108864", "4096", "1048576", "64"]
    [privileges, seccomp] = cells["HostConfig"].pop("SecurityOpt")
    [*allowed, added] = json.loads(seccomp.removeprefix("seccomp="))["syscalls"]
    assert [cells["HostConfig"].pop(name) for name in ("MaskedPaths", "ReadonlyPaths")] == [[], []]
    assert [privileges] == plain["HostConfig"].pop("SecurityOpt")[:1]
    assert cells == plain
    assert allowed == PROFILE["syscalls"]
    assert added == {"names": ["clone", "mount"], "action": "SCMP_ACT_ALLOW"}
