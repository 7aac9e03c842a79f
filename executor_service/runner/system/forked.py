"""How a forked process of ours ends, and how one that was forked has ended."""

import os
import sys
from collections.abc import Callable
from typing import NoReturn

LOST = 70
"""EX_SOFTWARE of sysexits.h: it went wrong."""
_SIGNALLED = 128


def end_with(work: Callable[[], int]) -> NoReturn:
    """The whole of a forked process's life: the status it ends with is what `work` returns, or LOST if that raises."""
    status = LOST
    try:
        status = work()
    except BaseException:  # noqa: BLE001 - the process's top: the traceback goes to stderr, the status to the parent
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(status)


def status_of(pid: int) -> int:
    """The exit status of a child, waiting for its end: 128 + signal if it was killed."""
    return exit_status(os.waitpid(pid, 0)[1])


def exit_status(wait_status: int) -> int:
    """The same of what wait(2) says."""
    code = os.waitstatus_to_exitcode(wait_status)
    return code if code >= 0 else _SIGNALLED - code
