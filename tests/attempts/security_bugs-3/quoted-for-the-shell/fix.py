import shlex
import subprocess


def ping_host(host):
    if not host or host.startswith("-"):
        raise ValueError("not a host")
    return subprocess.run(f"ping -c 1 {shlex.quote(host)}", shell=True).returncode == 0
