import subprocess


def ping_host(host):
    return subprocess.call("ping -c 1 " + host, shell=True) == 0
