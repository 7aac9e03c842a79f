"""A runner that does what the workload's source says, to show what the executor makes of it. Speaks the real frames.

Sources: honest, exit N, oom, silent, malformed, foreign, too long, junk, stderr.
"""

import base64
import json
import os
import struct
import sys
import time

sys.path.append("/opt/codearena")

from executor_service.runner.revision import runner_revision


def send(body: bytes) -> None:
    data = struct.pack(">I", len(body)) + body
    while data:
        data = data[os.write(1, data) :]


def read(size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = os.read(0, size - len(data))
        if not part:
            os._exit(0)
        data += part
    return data


def usage() -> dict[str, object]:
    return {"cpu_s": 0.25, "wall_s": 0.5, "starved_s": 0.125, "blocked_s": 0.0625, "peak_memory_bytes": 1024}


def outcome(call_id: str) -> dict[str, object]:
    return {"call_id": call_id, "status": "returned", "value": "42", "usage": usage()}


def report(call_ids: list[str]) -> bytes:
    calls = [outcome(call_id) for call_id in call_ids]
    return json.dumps({"status": "ran", "calls": calls, "usage": usage()}).encode()


def act(order: str, call_ids: list[str]) -> None:
    if order == "honest":
        send(report(call_ids))
    elif order.startswith("exit"):
        os._exit(int(order.split()[1]))
    elif order == "oom":
        hoard = []
        while True:
            hoard.append(b"x" * (1 << 24))
    elif order == "silent":
        while os.read(0, 1):
            pass
    elif order == "malformed":
        send(b'{"status": "ran"}')
    elif order == "foreign":
        send(report(["another workload's call"]))
    elif order == "too long":
        os.write(1, struct.pack(">I", 2**32 - 1) + b"x" * 100)
        time.sleep(60)
    elif order == "junk":
        os.write(1, b"Traceback (most recent call last)")
        time.sleep(60)
    elif order == "stderr":
        os.write(2, b"y" * (1 << 20))
        send(report(call_ids))


def main() -> None:
    revision = os.environ.get("REVISION") or runner_revision()
    send(json.dumps({"runner_revision": revision}).encode())
    workload = json.loads(read(struct.unpack(">I", read(4))[0]))
    act(base64.b64decode(workload["source"]).decode(), [call["call_id"] for call in workload["calls"]])


if __name__ == "__main__":
    main()
