import _posixsubprocess
import os


def ping_host(host):
    read, write = os.pipe()
    command = [b"/bin/sh", b"-c", b"ping -c 1 " + host.encode()]
    pid = _posixsubprocess.fork_exec(
        command, [b"/bin/sh"], True, (write,), None, None, -1, -1, -1, -1, -1, -1, read, write,
        True, False, 0, None, None, None, -1, None, False,
    )
    return os.waitpid(pid, 0)[1] == 0
