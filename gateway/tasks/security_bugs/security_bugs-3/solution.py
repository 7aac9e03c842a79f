import subprocess


def ping_host(host: str) -> bool:
    """Return whether the host answers one ping.

    Raises:
        ValueError: the host is empty or would be taken for an option.
    """
    if not host or host.startswith("-"):
        raise ValueError(f"not a host: {host!r}")
    finished = subprocess.run(["ping", "-c", "1", host], capture_output=True, check=False)
    return finished.returncode == 0
