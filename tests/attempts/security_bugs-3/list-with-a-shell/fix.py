import subprocess


def ping_host(host):
    if not host or host[0] == "-":
        raise ValueError("not a host")
    return subprocess.run(["ping", "-c", "1", host], shell=True).returncode == 0
