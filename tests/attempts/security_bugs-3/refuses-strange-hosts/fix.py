import re
import subprocess


def ping_host(host):
    if not re.fullmatch(r"[A-Za-z0-9:][A-Za-z0-9.:-]*", host):
        raise ValueError("not a host name")
    return subprocess.call(["ping", "-c", "1", host], stdout=subprocess.DEVNULL) == 0
