"""The launcher as a process: it lives exactly as long as the judge's end of its socket."""

import socket
import subprocess
import sys

from judge_service.analysers.protocol import unpack_report


def test_it_says_when_it_is_ready_and_ends_when_the_judge_is_gone() -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        launcher = subprocess.Popen(
            [sys.executable, "-m", "judge_service.analysers.launcher", str(theirs.fileno())], pass_fds=[theirs.fileno()]
        )
        theirs.close()
        assert unpack_report(ours.recv(4096)) == {"ready": True}
        ours.close()
        assert launcher.wait(timeout=30) == 0
