"""What a promise of the traffic found broken. A finding never holds a secret, only its kind and number."""

from dataclasses import dataclass

from traffic.secrets import Side


@dataclass(frozen=True, slots=True)
class Finding:
    """`exchange` is the event's number; `secret` the secret's number from 0, and None where none is concerned.

    `where` is url, header:NAME, cookie, body or request; `encoding` names the layers around the secret. `sent` says by
    which program of which phone in which test and when, where a recorder saw it.
    """

    promise: str
    claim: str
    exchange: int
    host: str
    side: Side
    where: str
    text: str
    kind: str | None = None
    secret: int | None = None
    encoding: str | None = None
    sent: str = ""

    @property
    def words(self) -> str:
        return f"{self.text}; sent by {self.sent}" if self.sent else self.text
