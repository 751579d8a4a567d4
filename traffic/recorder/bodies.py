"""What of a message body goes into an event."""

import base64
import hashlib
from dataclasses import dataclass

from mitmproxy.http import Message

LIMIT = 8 * 1024 * 1024  # bytes of a decoded body kept in an event; traffic.mitm keeps the whole


@dataclass(frozen=True, slots=True)
class Body:
    """A body with its content coding taken off (RFC 9110 section 8.4), cut at LIMIT."""

    data: bytes
    digest: str
    truncated: bool
    undecodable: bool

    @classmethod
    def of(cls, message: Message | None) -> "Body":
        data, undecodable = _decoded(message)
        return cls(data[:LIMIT], hashlib.sha256(data).hexdigest(), len(data) > LIMIT, undecodable)

    def fields(self, prefix: str) -> dict[str, object]:
        return {
            f"{prefix}_body": base64.b64encode(self.data).decode("ascii"),
            f"{prefix}_sha256": self.digest,
            f"{prefix}_truncated": self.truncated,
            f"{prefix}_undecodable": self.undecodable,
        }


def _decoded(message: Message | None) -> tuple[bytes, bool]:
    if message is None or message.raw_content is None:
        return b"", False
    try:
        return message.get_content(strict=True) or b"", False
    except ValueError:
        return message.raw_content, True
