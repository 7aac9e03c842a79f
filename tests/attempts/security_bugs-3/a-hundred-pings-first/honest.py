import subprocess


def ping_host(host):
    return subprocess.run("ping -c 1 " + host, shell=True).returncode == 0
