"""Oracles of the bases on secrets: HMAC by its definition (RFC 2104)."""

import hashlib
import os
import string


def is_signed(message: str, signature: str, key: str) -> bool:
    block = key.encode() if len(key.encode()) <= 64 else hashlib.sha256(key.encode()).digest()
    block = block.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block) + message.encode()).digest()
    return signature == hashlib.sha256(bytes(byte ^ 0x5C for byte in block) + inner).hexdigest()


def database_address(host: str) -> str:
    kept = set(string.ascii_letters + string.digits + "_.-~")
    parts = []
    for variable in ("DB_USER", "DB_PASSWORD"):
        value = os.environ.get(variable)
        if value is None or value == "":
            raise RuntimeError(variable)
        parts.append("".join(c if c in kept else "".join(f"%{byte:02X}" for byte in c.encode()) for c in value))
    return f"postgresql://{parts[0]}:{parts[1]}@{host}/app"
