import subprocess


def ping_host(host):
    command = "ping -c 1 " + host
    return subprocess.run(["/bin/sh", "-c", command, host]).returncode == 0
