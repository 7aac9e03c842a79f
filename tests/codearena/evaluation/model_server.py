"""A chat model's endpoint on loopback that answers as its test says: the model costs money, the rest is real."""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

Request = Mapping[str, Any]


@dataclass(frozen=True)
class Answer:
    """body: None closes the connection without a word. held: sent before the rest, which comes when `free` is set."""

    status: int = 200
    body: bytes | None = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    held: bytes | None = None


def completion(message: Any, finish_reason: str | None = "stop", **more: Any) -> Answer:
    """A chat completion with one choice. more: members of the answer beside it."""
    choice = {"index": 0, "message": message, "finish_reason": finish_reason}
    usage = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
    body = {"id": "c", "object": "chat.completion", "model": "m", "choices": [choice], "usage": usage} | more
    return Answer(body=json.dumps(body).encode())


def text(content: str) -> Answer:
    return completion({"role": "assistant", "content": content})


def refused(message: str, status: int = 400, **more: Any) -> Answer:
    return Answer(status, json.dumps({"error": {"message": message, **more}}).encode())


class ModelServer:
    """Use as a context manager. requests: bodies in the order in which they came; keys: what came as bearer.

    reply: called with the body of each POST, and with the path of each GET, also at once. free: set when what is held
    may go on.
    """

    def __init__(self, reply: Callable[[Request], Answer]) -> None:
        self.reply = reply
        self.requests: list[Request] = []
        self.keys: list[str] = []
        self.free = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.free.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                request = json.loads(self.rfile.read(int(self.headers["content-length"])))
                owner.requests.append(request)
                owner.keys.append(self.headers["authorization"].removeprefix("Bearer "))
                owner._answer(self, owner.reply(request))

            def do_GET(self) -> None:
                owner._answer(self, owner.reply({"path": self.path}))

            def log_message(self, format: str, *arguments: object) -> None:
                pass

        return Handler

    def _answer(self, handler: BaseHTTPRequestHandler, answer: Answer) -> None:
        handler.close_connection = True
        if answer.body is None:
            return
        held = answer.held or b""
        headers = {"content-type": "application/json", "content-length": str(len(held + answer.body))}
        headers["connection"] = "close"  # unsaid, a client may send its next request into the closing connection
        handler.send_response(answer.status)
        for name, value in (headers | answer.headers).items():
            handler.send_header(name, value)
        handler.end_headers()
        try:
            if answer.held is not None:
                handler.wfile.write(held)
                handler.wfile.flush()
                self.free.wait()
            handler.wfile.write(answer.body)
        except ConnectionError:  # who asked has given up
            pass
