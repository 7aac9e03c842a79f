"""The system calls that Python's library lacks, through the C library.

Constants are those of linux/sched.h, linux/mount.h, linux/prctl.h, linux/seccomp.h and linux/capability.h.
"""

import contextlib
import ctypes
import errno
import os
import signal
import struct
import sys
from collections.abc import Iterator

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
CLONE_NEW = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 32, 4096, 16384, 1 << 18
MNT_DETACH = 2

CAP_KILL, CAP_SETGID, CAP_SETUID = 5, 6, 7

_PR_SET_DUMPABLE = 4
_PR_SET_SECCOMP = 22
_PR_CAPBSET_DROP = 24
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_MODE_FILTER = 2
_BPF_INSTRUCTION_BYTES = 8
_CAPABILITY_VERSION_3 = 0x20080522
_SYS_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
_SYS_CLONE = {"x86_64": 56, "aarch64": 220}
_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_SYS_EXECVE = {"x86_64": 59, "aarch64": 221}
_SYS_EXECVEAT = {"x86_64": 322, "aarch64": 281}
_SYS_RT_SIGACTION = {"x86_64": 13, "aarch64": 134}
_X32_CALLS = 0x40000000  # from here on: the same calls by other numbers, on x86_64

_TP_NEW = 312
"""Of PyTypeObject, in bytes, where pointers have 8: what makes an object of a class."""

_libc = ctypes.CDLL(None, use_errno=True)
_locked_libc = ctypes.PyDLL(None, use_errno=True)  # calls keep the interpreter's lock, as a fork must


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def fork_into(namespaces: int) -> int:
    """Like os.fork, but the child is the first process of fresh namespaces (clone(2)). For processes with one thread.

    An unshare would take another fork, which costs an interpreter more than the namespaces do. What os.fork does around
    the system call for the interpreter is done here; what the C library does there is for several threads.
    """
    number, flags, nothing = _SYS_CLONE[os.uname().machine], namespaces | signal.SIGCHLD, ctypes.c_long(0)
    ctypes.pythonapi.PyOS_BeforeFork()
    pid = int(_locked_libc.syscall(number, ctypes.c_long(flags), nothing, nothing, nothing, nothing))
    if pid == 0:
        ctypes.pythonapi.PyOS_AfterFork_Child()
        return 0
    failure = ctypes.get_errno()
    ctypes.pythonapi.PyOS_AfterFork_Parent()
    if pid < 0:
        raise OSError(failure, f"clone: {os.strerror(failure)}")
    return pid


def mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    arguments = (source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), data.encode())
    _check(_libc.mount(*arguments), f"mount {target}")


def pivot_root(new_root: str, put_old: str) -> None:
    number = _SYS_PIVOT_ROOT[os.uname().machine]
    _check(_libc.syscall(number, new_root.encode(), put_old.encode()), "pivot_root")


def unmount(target: str) -> None:
    _check(_libc.umount2(target.encode(), MNT_DETACH), f"umount {target}")


def make_unreadable() -> None:
    """No process of the same uid may trace this one or read its memory through /proc (prctl(2), PR_SET_DUMPABLE)."""
    _check(_libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0), "prctl")


def become_subreaper() -> None:
    """Orphans below this process are handed to it, as they would be to PID 1."""
    _check(_libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "prctl")


def forbid_new_privileges() -> None:
    _check(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl")


class _FilterProgram(ctypes.Structure):
    """struct sock_fprog of linux/filter.h."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def filter_calls(program: bytes) -> None:
    """Puts this process and all that it starts under a filter of system calls, for good (seccomp(2)).

    program: BPF of this machine. Needs `forbid_new_privileges` first.
    """
    filtered = _FilterProgram(len(program) // _BPF_INSTRUCTION_BYTES, program)
    _check(_libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(filtered), 0, 0), "prctl")


_LOAD, _IF_EQUAL, _IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06  # operations of linux/bpf_common.h
_NUMBER_AT, _ARCH_AT, _FIRST_AT, _SECOND_AT = 0, 4, 16, 24  # in struct seccomp_data; arguments have 8 bytes each
_ALLOW = 0x7FFF0000
_PRETEND = 0x00050000  # it does nothing, and returns 0
_REFUSE = _PRETEND | errno.EACCES


def refuse_programs() -> None:
    """No execve in this process and all that it starts, by whatever road, for good; EACCES is what they get.

    Does nothing on a machine whose numbers are not known here. Raises OSError where the kernel has no such filters.
    """
    machine = os.uname().machine
    if machine not in _AUDIT_ARCH:
        return
    refused = [(_IF_EQUAL, _SYS_EXECVE[machine]), (_IF_EQUAL, _SYS_EXECVEAT[machine]), (_IF_AT_LEAST, _X32_CALLS)]
    steps = [(_LOAD, 0, 0, _ARCH_AT), (_IF_EQUAL, 0, 5, _AUDIT_ARCH[machine]), (_LOAD, 0, 0, _NUMBER_AT)]
    steps += [(jump, 3 - at, 0, number) for at, (jump, number) in enumerate(refused)]
    steps += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE)]
    _filter(steps)


def refuse_handlers() -> None:
    """No signal gets another action in this process and all that it starts, for good; EACCES is what they get.

    The C library's own two signals, 32 and 33, are for its threads. Does nothing and raises as `refuse_programs`.
    """
    machine = os.uname().machine
    if machine not in _AUDIT_ARCH:
        return
    steps = [(_LOAD, 0, 0, _ARCH_AT), (_IF_EQUAL, 0, 7, _AUDIT_ARCH[machine]), (_LOAD, 0, 0, _NUMBER_AT)]
    steps += [(_IF_AT_LEAST, 5, 0, _X32_CALLS), (_IF_EQUAL, 0, 3, _SYS_RT_SIGACTION[machine])]
    steps += [(_LOAD, 0, 0, _FIRST_AT), (_IF_AT_LEAST, 2, 0, 34), (_IF_AT_LEAST, 0, 1, 32)]
    steps += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE)]
    _filter(steps)


def keep_children_counted() -> None:
    """The CPU time of each child stays somebody's: in this process and all that it starts SIGCHLD keeps its action.

    The children of one that ignores it, or says SA_NOCLDWAIT, are reaped by the kernel, and their time is added to
    nobody's (wait(2), NOTES). To ask for that does nothing from now on, and seems to succeed. Does nothing and raises
    as `refuse_programs`.
    """
    machine = os.uname().machine
    if machine not in _AUDIT_ARCH:
        return
    allow, pretend, refuse = 11, 12, 13  # indices of the last steps; a jump counts from the step after it
    steps = [(_LOAD, 0, 0, _ARCH_AT), (_IF_EQUAL, 0, refuse - 2, _AUDIT_ARCH[machine]), (_LOAD, 0, 0, _NUMBER_AT)]
    steps += [(_IF_AT_LEAST, refuse - 4, 0, _X32_CALLS), (_IF_EQUAL, 0, allow - 5, _SYS_RT_SIGACTION[machine])]
    steps += [(_LOAD, 0, 0, _FIRST_AT), (_IF_EQUAL, 0, allow - 7, signal.SIGCHLD)]
    steps += [(_LOAD, 0, 0, _SECOND_AT), (_IF_EQUAL, 0, pretend - 9, 0)]  # without a new action it only asks
    steps += [(_LOAD, 0, 0, _SECOND_AT + 4), (_IF_EQUAL, allow - 11, pretend - 11, 0)]
    steps += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _PRETEND), (_RETURN, 0, 0, _REFUSE)]
    _filter(steps)


def _filter(steps: list[tuple[int, int, int, int]]) -> None:
    """steps: operation, jump if true, jump if false, operand."""
    forbid_new_privileges()
    filter_calls(b"".join(struct.pack("=HBBI", *step) for step in steps))


def let_go() -> None:
    """Drops the C library, so that nobody finds it here; most functions of this module are then of no use.

    Lists of classes still have those of ctypes. They can make no object any more, nor a class of their kind, and the
    globals of the functions that they have are empty.
    """
    library = globals().pop("ctypes", None)
    for name in ("_libc", "_locked_libc", "_FilterProgram"):
        globals().pop(name, None)
    if library is None:
        return
    kinds = set(_and_those_below(library.c_long.__mro__[-2]))  # the base of all of them
    for kind in kinds | {type(kind) for kind in kinds} - {type}:
        library.c_void_p.from_address(id(kind) + _TP_NEW).value = None
    for module in [module for name, module in sys.modules.items() if name.partition(".")[0] in ("ctypes", "_ctypes")]:
        vars(module).clear()


def _and_those_below(kind: type) -> Iterator[type]:
    yield kind
    belows: list[type] = type.__subclasses__(kind)
    for below in belows:
        yield from _and_those_below(below)


@contextlib.contextmanager
def on_one_core() -> Iterator[int | None]:
    """Stays on the core that it is on; yields its number, or None where the kernel lets nobody choose.

    Two processes that wait for each other in turns cost either of them twice the CPU time if one has to be woken on
    another core, which the scheduler decides anew each time.
    """
    allowed = os.sched_getaffinity(0)
    core = int(_libc.sched_getcpu())
    if core not in allowed or not stay_on(core):
        yield None
        return
    try:
        yield core
    finally:
        os.sched_setaffinity(0, allowed)


def stay_on(core: int) -> bool:
    """Runs this process on that core only; False if it may not."""
    with contextlib.suppress(OSError):
        os.sched_setaffinity(0, {core})
        return True
    return False


def keep_capabilities(kept: tuple[int, ...]) -> None:
    """Gives up every capability but `kept`, in the bounding set too."""
    for capability in range(64):
        if capability not in kept and _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
            break  # beyond the last one this kernel knows
    mask = sum(1 << capability for capability in kept)
    low, high = mask & 0xFFFFFFFF, mask >> 32
    header = ctypes.create_string_buffer(struct.pack("=Ii", _CAPABILITY_VERSION_3, 0))
    data = ctypes.create_string_buffer(struct.pack("=6I", low, low, 0, high, high, 0))
    _check(_libc.capset(header, data), "capset")


def _require_layout() -> None:
    """That the place is the one of tp_new: classes without a __new__ have it from `object`, and `int` has another.

    Raises:
        RuntimeError: it is not, in this interpreter: nothing must run in it that `let_go` is to keep from anything.
    """
    kinds = (object, type("Plain", (), {}), int)
    new, same, other = (ctypes.c_void_p.from_address(id(kind) + _TP_NEW).value for kind in kinds)
    if new is None or new != same or new == other:
        raise RuntimeError("this interpreter lays classes out in an unknown way")


_require_layout()
