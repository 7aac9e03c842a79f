import os


def ping_host(host):
    """Return whether the host answers one ping."""
    status = os.system("ping -c 1 " + host)
    return status == 0
