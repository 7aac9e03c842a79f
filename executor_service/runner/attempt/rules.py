"""Rules that are kept while a source runs, by whatever road it takes: what `checks` reads from the tree is a hint only.

The interpreter tells an audit hook of what it is about to do (PEP 578, sys.addaudithook), and no hook can be removed.
Ours (audit_hook.py) writes a broken rule down before the thing is done, on a page of memory that the conductor shares:
the process has no descriptor of it, and so no way to have it back. What the source does after that is no matter.
"""

import contextlib
import mmap
import os
import signal
import sys
from collections.abc import Iterable, Mapping, Sequence
from types import CodeType

from executor_service.runner.attempt import audit_hook
from executor_service.runner.system import kernel

_EVENT_OF_CALL = {
    "eval": audit_hook.TEXT_AS_CODE,
    "exec": audit_hook.TEXT_AS_CODE,
    "compile": audit_hook.TEXT_AS_CODE,
    "os.system": "os.system",
    "input": "builtins.input",
    "breakpoint": "builtins.breakpoint",
}
"""By what `forbid_call` names. Only what nothing but the call itself does: os.fork is for multiprocessing, too."""
_EVENTS = tuple(dict.fromkeys(_EVENT_OF_CALL.values()))
"""Each has the byte of its position on the page, which is 1 once it has come about."""


def events_of(checks: Iterable[Mapping[str, str]]) -> dict[str, list[int]]:
    """The events that are watched for, each with the positions of the checks that it breaks.

    checks: items of {"rule", "argument"}. A rule of another kind is read from the source alone.
    """
    found: dict[str, list[int]] = {}
    for position, check in enumerate(checks):
        event = _EVENT_OF_CALL.get(check["argument"]) if check["rule"] == "forbid_call" else None
        if event is not None:
            found.setdefault(event, []).append(position)
    return found


def make_page(folder: str) -> int:
    """A descriptor of a page to be shared with the processes of one source: of a file in the folder, gone at once.

    The file system of work folders is in memory. Sandboxes have no memfd_create(2).
    """
    path = f"{folder}/rules-{os.urandom(8).hex()}"
    page = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    os.unlink(path)
    os.write(page, bytes(mmap.PAGESIZE))  # it is there now, however full the file system will be
    return page


def broken(page: int, events: Mapping[str, Sequence[int]]) -> list[int]:
    """The positions of the checks that have been broken by now. events: those that are watched for."""
    came_about = os.pread(page, len(_EVENTS), 0)
    return sorted(position for event in events if came_about[_EVENTS.index(event)] for position in events[event])


def keep(events: Sequence[str], codes: tuple[CodeType, CodeType], page: int | None) -> None:
    """Has it written down, for the rest of this process's life, before any of the events comes about.

    events: none: nothing is to be kept. codes: of the source, and of what is run after it, which may be run. page: as
    made by `make_page`, which is closed here; None: nobody wants to know.
    """
    shared = mmap.mmap(-1 if page is None else page, mmap.PAGESIZE)
    if page is not None:
        os.close(page)
    if not events:
        return
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # what Python makes of it could come about inside of the hook
    with contextlib.suppress(OSError):
        kernel.refuse_handlers()
        if audit_hook.TEXT_AS_CODE in events:  # another interpreter would know nothing of the rules
            kernel.refuse_programs()
    kernel.make_unreadable()  # /proc/self/mem is a way to write into the interpreter
    kernel.let_go()
    for name in [name for name in sys.modules if name.partition(".")[0] in audit_hook.POWERS]:
        del sys.modules[name]
    places = [(event, _EVENTS.index(event)) for event in events]
    audit_hook.add(places, codes, shared)
