"""Mutual TLS between services: each shows a certificate of one authority, and talks to nobody who has none."""

from pathlib import Path

import grpc


def _read(folder: Path) -> tuple[bytes, bytes, bytes]:
    """Authority, certificate and key of a folder, PEM. Raises OSError."""
    authority, certificate, key = (folder.joinpath(name).read_bytes() for name in ("ca.pem", "cert.pem", "key.pem"))
    return authority, certificate, key


def server_credentials(folder: Path) -> grpc.ServerCredentials:
    """For a server that takes calls only of those whom the folder's authority knows. Raises OSError."""
    authority, certificate, key = _read(folder)
    return grpc.ssl_server_credentials([(key, certificate)], root_certificates=authority, require_client_auth=True)


def channel_credentials(folder: Path) -> grpc.ChannelCredentials:
    """For calls to servers whom the authority knows by the name that they are called by. Raises OSError."""
    authority, certificate, key = _read(folder)
    return grpc.ssl_channel_credentials(authority, key, certificate)
