def ping_host(host):
    if not host.replace(".", "").isalnum():
        raise ValueError("not a host")
    return True
