"""Oracles of the bases on hashing: PBKDF2 by its definition (RFC 8018, section 5.2), one block of SHA-256."""

import hmac


def _pbkdf2(password: bytes, salt: bytes, rounds: int) -> bytes:
    block = hmac.digest(password, salt + b"\0\0\0\1", "sha256")
    result = int.from_bytes(block)
    for _ in range(rounds - 1):
        block = hmac.digest(password, block, "sha256")
        result ^= int.from_bytes(block)
    return result.to_bytes(32)


def hash_password(password: str, salt: bytes) -> str:
    if password == "" or len(salt) <= 15:
        raise ValueError
    return "$".join(["pbkdf2_sha256", "2000", salt.hex(), _pbkdf2(password.encode(), salt, 2000).hex()])


def same_password(password: str, stored: str) -> bool:
    parts = stored.split("$")
    if len(parts) != 3 or not parts[0].isdecimal() or int(parts[0]) < 1:
        return False
    try:
        salt, digest = bytes.fromhex(parts[1]), bytes.fromhex(parts[2])
    except ValueError:
        return False
    return digest == _pbkdf2(password.encode(), salt, int(parts[0]))
