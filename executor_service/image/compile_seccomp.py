"""Compiles an allow-list of the engine's format to the program that the kernel takes.

    python3 executor_service/image/compile_seccomp.py seccomp.json > seccomp.bpf

For this machine's architecture, by the C library that the engine's runtimes compile their profiles with, so that the
same file means the same in both places. That library comes with Debian's package manager. Calls that it does not know
are left out, and so refused, as the runtimes do. https://github.com/seccomp/libseccomp
"""

import ctypes
import errno
import json
import sys
from pathlib import Path
from typing import Any

_KILL_PROCESS, _ERRNO, _ALLOW = 0x80000000, 0x00050000, 0x7FFF0000
_ATTRIBUTE_BAD_ARCHITECTURE, _ATTRIBUTE_OPTIMIZE = 2, 8
_BINARY_TREE = 2
_OPERATORS = {"SCMP_CMP_EQ": 4, "SCMP_CMP_MASKED_EQ": 7}


class _Comparison(ctypes.Structure):
    """struct scmp_arg_cmp of seccomp.h."""

    _fields_ = (
        ("index", ctypes.c_uint),
        ("operator", ctypes.c_int),
        ("first", ctypes.c_uint64),
        ("second", ctypes.c_uint64),
    )


def main(profile: str) -> None:
    library = ctypes.CDLL("libseccomp.so.2")
    library.seccomp_init.restype = ctypes.c_void_p
    wanted = json.loads(Path(profile).read_text("utf-8"))
    if wanted["defaultAction"] != "SCMP_ACT_ERRNO":
        raise SystemExit("what is not named must be refused")
    program = ctypes.c_void_p(library.seccomp_init(ctypes.c_uint32(_ERRNO | errno.EPERM)))
    _check(library.seccomp_attr_set(program, _ATTRIBUTE_BAD_ARCHITECTURE, ctypes.c_uint32(_KILL_PROCESS)))
    _check(library.seccomp_attr_set(program, _ATTRIBUTE_OPTIMIZE, ctypes.c_uint32(_BINARY_TREE)))
    for group in wanted["syscalls"]:
        for name in group["names"]:
            _add(library, program, group, name)
    sys.stdout.flush()
    _check(library.seccomp_export_bpf(program, sys.stdout.fileno()))


def _add(library: ctypes.CDLL, program: ctypes.c_void_p, group: dict[str, Any], name: str) -> None:
    number = library.seccomp_syscall_resolve_name(name.encode("ascii"))
    if number < 0:  # not on this architecture, or newer than the library
        return
    action = _ALLOW
    if group["action"] == "SCMP_ACT_ERRNO":
        action = _ERRNO | group.get("errnoRet", errno.EPERM)
    elif group["action"] != "SCMP_ACT_ALLOW":
        raise SystemExit(f"an action that is not known here: {group['action']}")
    given = [
        _Comparison(each["index"], _OPERATORS[each["op"]], each["value"], each.get("valueTwo", 0))
        for each in group.get("args", [])
    ]
    comparisons = (_Comparison * len(given))(*given)
    _check(library.seccomp_rule_add_array(program, ctypes.c_uint32(action), number, len(given), comparisons))


def _check(result: int) -> None:
    if result < 0:
        raise OSError(-result, "libseccomp")


if __name__ == "__main__":
    main(sys.argv[1])
