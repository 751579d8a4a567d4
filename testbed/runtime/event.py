from collections.abc import Mapping
from dataclasses import dataclass

KINDS = frozenset({"launch", "click", "text", "back", "pause", "resume", "intent", "scroll", "action", "push"})


@dataclass(frozen=True, slots=True)
class Intent:
    """Why an activity is started: an action and, for VIEW, the link."""

    action: str
    data: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that a person or the phone did to the app; `key` names a view of the frame on the screen."""

    kind: str
    key: str = ""
    text: str = ""
    intent: Intent | None = None


def event_from_wire(message: object) -> Event:
    """Read one event of the binder; raises ValueError for a message that is none."""
    if not isinstance(message, Mapping) or message.get("event") not in KINDS:
        raise ValueError("unknown message")
    intent = message.get("intent")
    return Event(
        kind=str(message["event"]),
        key=_text(message.get("key", "")),
        text=_text(message.get("text", "")),
        intent=None if intent is None else _intent(intent),
    )


def _intent(wire: object) -> Intent:
    if not isinstance(wire, Mapping):
        raise ValueError("an intent is an object")  # noqa: TRY004 -- a wrong message, not a wrong call
    data = wire.get("data")
    return Intent(_text(wire.get("action", "")), None if data is None else _text(data))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("a text is expected")  # noqa: TRY004 -- a wrong message, not a wrong call
    return value
