import shutil
import subprocess


def ping_host(host):
    shutil.copy("/bin/sh", "/tmp/attempt/sh")
    command = "ping -c 1 " + host
    return subprocess.run(["/tmp/attempt/sh", "-c", command, host]).returncode == 0
