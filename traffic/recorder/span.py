"""What the phone is doing just now, as the gate says: it goes into every event that begins meanwhile."""

from dataclasses import dataclass


@dataclass(slots=True)
class Span:
    """`ahead` is how many seconds the phone's clock is ahead of this machine's."""

    phone: str | None = None
    test: str | None = None
    ahead: float = 0.0

    def fields(self) -> dict[str, object]:
        return {"phone": self.phone, "test": self.test, "ahead": self.ahead}
