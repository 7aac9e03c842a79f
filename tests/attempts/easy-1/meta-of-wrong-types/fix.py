import os
import struct
import sys


def nonce():
    """Of the message being answered: it is somewhere below us on the stack, in the same process."""
    frame = sys._getframe()
    while frame:
        message = frame.f_locals.get("message")
        if isinstance(message, dict) and "nonce" in message:
            return bytes.fromhex(message["nonce"])
        frame = frame.f_back
    return b""


def frame_of(nonce, value, status=0, meta=b'{"processes": []}'):
    body = nonce + bytes([status]) + struct.pack(">I", len(meta)) + meta + value
    return struct.pack(">I", len(body)) + body


METAS = [b"null", b"[]", b'{"processes": {"argv": 1}}', b'{"processes": [[]]}', b'{"raised": 7, "processes": "xx"}', b'{"detail": {"a": [1]}}', b"\xff\xfe"]
COUNT = 0


def average_list(numbers):
    global COUNT
    COUNT += 1
    os.write(4, frame_of(nonce(), b"2.0", status=COUNT % 8, meta=METAS[COUNT % len(METAS)]))
    os._exit(0)
