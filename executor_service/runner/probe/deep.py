"""How deep the calls of a probe may recurse.

Their inputs are larger than any test's, so a recursion that is right for the tests would end at the interpreter's limit
of 1000 frames, and nothing would be known of its speed. Nor could it be told from one that raises RecursionError in
order not to be seen growing.
"""

import resource
import sys

_FRAMES = 50_000
_STACK_BYTES = 120 * 1024 * 1024  # the kernel leaves 128 MiB below the main thread's stack (mmap_base in the kernel)


def allow() -> None:
    """Lets this process's main thread go so deep; the attempt may go deeper by itself.

    A Python function that C code calls, such as one with a cache around it, needs about a kilobyte of the stack. Python
    3.12 and 3.13 have another limit for those, of some thousand calls, which nobody can change.
    """
    hard = resource.getrlimit(resource.RLIMIT_STACK)[1]
    bound = _STACK_BYTES if hard == resource.RLIM_INFINITY else min(_STACK_BYTES, hard)
    resource.setrlimit(resource.RLIMIT_STACK, (bound, hard))
    sys.setrecursionlimit(max(sys.getrecursionlimit(), _FRAMES))
