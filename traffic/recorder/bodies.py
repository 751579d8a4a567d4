"""What of a message body goes into an event, and the large ones that go to disk as they pass."""

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path

from mitmproxy.http import Message

from traffic.codings import Decoder, UnknownCodingError, codings_of, decoded, decoder, pieces

LIMIT = 8 * 1024 * 1024  # bytes of a decoded body kept in an event
LARGE = 1024 * 1024  # bytes of a body kept in memory
LARGEST = 256 * 1024 * 1024  # bytes of a decoded body kept on disk
_EMPTY = hashlib.sha256().hexdigest()


@dataclass(frozen=True, slots=True)
class Body:
    """A body with its content coding taken off (RFC 9110 section 8.4), cut at LIMIT."""

    data: bytes
    digest: str
    truncated: bool
    undecodable: bool

    @classmethod
    def of(cls, message: Message | None) -> "Body":
        if message is None or not message.raw_content:
            return cls(b"", _EMPTY, truncated=False, undecodable=False)
        try:
            data, truncated = decoded(message.raw_content, codings_of(message.headers.get("content-encoding")), LIMIT)
            undecodable = False
        except UnknownCodingError:
            data, truncated, undecodable = message.raw_content[:LIMIT], len(message.raw_content) > LIMIT, True
        return cls(data, hashlib.sha256(data).hexdigest(), truncated, undecodable)

    def fields(self, prefix: str) -> dict[str, object]:
        return {
            f"{prefix}_body": base64.b64encode(self.data).decode("ascii"),
            f"{prefix}_sha256": self.digest,
            f"{prefix}_truncated": self.truncated,
            f"{prefix}_undecodable": self.undecodable,
        }


class Spool:
    """mitmproxy's `stream`: hands each piece on at once and keeps it, in memory first and on disk once it is large.

    What is on disk has its content coding taken off, at most LARGEST bytes of it.
    """

    def __init__(self, message: Message, path: Path) -> None:
        self._message = message
        self._path = path
        self._small: list[bytes] = []
        self._seen = 0
        self._disk: _OnDisk | None = None

    def __call__(self, data: bytes) -> bytes:
        """An empty piece is the end (mitmproxy's proxy/layers/http)."""
        self._seen += len(data)
        if self._disk is None and self._seen > LARGE:
            self._disk = _OnDisk(self._path, codings_of(self._message.headers.get("content-encoding")))
            self._disk.write(b"".join(self._small))
            self._small.clear()
        if self._disk:
            self._disk.write(data)
        else:
            self._small.append(data)
            if not data:
                self._message.raw_content = b"".join(self._small)
        return data

    def fields(self, prefix: str) -> dict[str, object]:
        """Ends the file; `…_file` is its place beside events.jsonl."""
        if self._disk is None:
            self._message.raw_content = b"".join(self._small)
            return Body.of(self._message).fields(prefix)
        return self._disk.fields(prefix)


class _OnDisk:
    def __init__(self, path: Path, codings: tuple[str, ...]) -> None:
        path.parent.mkdir(exist_ok=True)
        self._path = path
        self._file = path.open("xb")
        self._size = 0
        self._digest = hashlib.sha256()
        self._truncated = self._undecodable = False
        try:
            self._decode: Decoder | None = decoder(codings)
        except UnknownCodingError:
            self._decode, self._undecodable = None, True

    def write(self, data: bytes) -> None:
        for piece in pieces(data) if self._decode else (data,):
            plain = self._plain(piece)
            kept = plain[: LARGEST - self._size]
            self._truncated |= len(kept) < len(plain)
            self._file.write(kept)
            self._digest.update(kept)
            self._size += len(kept)
            if self._truncated:
                return

    def _plain(self, data: bytes) -> bytes:
        if self._decode is None:
            return data
        try:
            return self._decode(data)
        except UnknownCodingError:
            self._decode, self._undecodable = None, True
            return data

    def fields(self, prefix: str) -> dict[str, object]:
        self._file.close()
        return {
            f"{prefix}_body": "",
            f"{prefix}_file": f"{self._path.parent.name}/{self._path.name}",
            f"{prefix}_size": self._size,
            f"{prefix}_sha256": self._digest.hexdigest(),
            f"{prefix}_truncated": self._truncated,
            f"{prefix}_undecodable": self._undecodable,
        }
