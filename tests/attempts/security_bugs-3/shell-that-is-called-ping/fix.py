import subprocess


def ping_host(host):
    command = "ping -c 1 " + host
    return subprocess.run(["ping", "-c", command, host], executable="/bin/sh").returncode == 0
