from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Message:
    """One SMS; `at` is by the phone's clock, seconds."""

    number: int
    address: str
    body: str
    at: float


@dataclass(slots=True)
class Inbox:
    """content://sms/inbox."""

    messages: list[Message] = field(default_factory=list)

    def receive(self, address: str, body: str, at: float) -> Message:
        found = Message(len(self.messages) + 1, address, body, at)
        self.messages.append(found)
        return found
