"""The built dashboard: files that lie in memory, each with the headers that it is sent with.

deploy/frontend.sh makes it of `frontend/`, which takes Node.js; it comes along in the wheel and in images. Where it is
not, a page says so, and the API serves as ever.
"""

import hashlib
import logging
import mimetypes
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

log = logging.getLogger(__name__)

_INDEX = "index.html"
_ASSETS = "assets/"  # their names hold a hash of what is in them
_BASE = '<base href="./"'
_ENCODINGS = {"br": ".br", "gzip": ".gz"}  # the shorter one first
_TYPES = {".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2", ".json": "application/json"}
_FOR_EVER = "public, max-age=31536000, immutable"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'self'; form-action 'none'; frame-ancestors 'self'"
)
_ABSENT = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>CodeArena</title>
<h1>CodeArena</h1>
<p>The API is served here and works; its <a href="{root}docs">documentation</a> has requests to try.</p>
<p>The dashboard is not: it was not built. In a checkout, <code>deploy/frontend.sh</code> builds it where Node.js is
installed; then start the gateway again. The wheel and the images carry it if it was there when they were built.</p>
</html>
"""


@dataclass(frozen=True)
class Answer:
    """A file as it is sent. status: 304: the browser has it."""

    body: bytes
    headers: Mapping[str, str]
    status: int = 200


@dataclass(frozen=True)
class _File:
    """encoded: the same, compressed, by the name of the encoding."""

    body: bytes
    media_type: str
    encoded: Mapping[str, bytes]


class Dashboard:
    """folder: of the built files, which are read once. ancestors: origins whose pages may show it in a frame."""

    def __init__(self, folder: Path, ancestors: Sequence[str] = ()) -> None:
        self._files = _read(folder)
        self._headers = {
            "Content-Security-Policy": " ".join([_POLICY, *ancestors]),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
        }
        if not self.built:
            log.warning("the dashboard is not built: no %s; deploy/frontend.sh builds it", folder / _INDEX)

    @property
    def built(self) -> bool:
        """Whether there is more than the page that says that there is none."""
        return _INDEX in self._files

    def page(self, path: str) -> Answer:
        """The page, whichever of its own paths a browser opens. path: below /web/."""
        up = "../" * path.count("/")
        if not self.built:
            return self._html(_ABSENT.format(root=f"../{up}"))
        return self._html(self._files[_INDEX].body.decode().replace(_BASE, f'<base href="{up or "./"}"', 1))

    def file(self, path: str, accepted: str, known: str) -> Answer | None:
        """A built file; None: there is no such. accepted: the request's Accept-Encoding; known: its If-None-Match."""
        file = self._files.get(path)
        if file is None or path == _INDEX:
            return None
        name, body = _encoded(file, accepted)
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = {**self._headers, "Content-Type": file.media_type, "Vary": "Accept-Encoding", "ETag": tag}
        headers["Cache-Control"] = _FOR_EVER if path.startswith(_ASSETS) else "no-cache"
        if name:
            headers["Content-Encoding"] = name
        return Answer(b"", headers, 304) if tag in known else Answer(body, headers)

    @staticmethod
    def is_asset(path: str) -> bool:
        """Whether it is the path of a file, there or not, and none of the page's own."""
        return path.startswith(_ASSETS)

    def _html(self, text: str) -> Answer:
        # Not kept: it names the files of this build.
        headers = {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"}
        return Answer(text.encode(), {**self._headers, **headers})


def _read(folder: Path) -> Mapping[str, _File]:
    """By path below the folder; of compressed ones only the others."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    endings = tuple(_ENCODINGS.values())
    return {
        name: _File(
            path.read_bytes(),
            _media_type(name),
            {kind: found[name + end].read_bytes() for kind, end in _ENCODINGS.items() if name + end in found},
        )
        for name, path in found.items()
        if not name.endswith(endings) and not name.startswith(".")
    }


def _media_type(name: str) -> str:
    """What the machine's own table says of it may differ from one to the next."""
    guessed = _TYPES.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return f"{guessed}; charset=utf-8" if guessed.startswith("text/") else guessed


def _encoded(file: _File, accepted: str) -> tuple[str, bytes]:
    """Name of the encoding, empty: as it is; and the body."""
    wanted = _wanted(accepted)
    return next(((name, body) for name, body in file.encoded.items() if name in wanted), ("", file.body))


def _wanted(accepted: str) -> set[str]:
    """Encodings that are named and have another weight than 0 (RFC 9110, 12.5.3)."""
    parts = [part.replace(" ", "").partition(";q=") for part in accepted.lower().split(",")]
    return {name for name, _, weight in parts if not weight or weight.strip("0.")}
