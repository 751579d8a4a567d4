"""Messages that are pushed to the phone: which ones, and what of them is shown."""

import json
import uuid
from typing import Final

from .central import Device
from .house import House
from .platforms import PLATFORMS
from .presence import Presence
from .state import Screen
from .trouble import Trouble

KINDS: Final = (
    ("invitations", "Meeting invitations"),
    ("meetings", "Changed meetings"),
    ("requests", "Requests"),
    ("quotes", "Quotes"),
)
TITLE: Final = "Mobile CRM"
TEXTS: Final = {
    "AppointmentInvitation": "You have a new invitation.",
    "NewTicket": "You have a new request.",
    "QuoteApprovalRequest": "A quote waits for your answer.",
}
ANY: Final = "You have a new message."
FORBIDDEN: Final = "Notifications may not be shown; allow them in the phone's settings."


class Messages:
    """Off until the user wants them. What is shown is the kind of a message only: others see a locked phone, too."""

    def __init__(self, house: House, presence: Presence) -> None:
        self._phone = house.phone
        self._memory = house.memory
        self._account = house.account
        self._stage = house.stage
        self._errands = house.errands
        self._presence = presence

    def open(self) -> None:
        self._stage.aside(Screen.NOTIFICATIONS, switches=self._switches())

    def toggle(self, kind: str) -> None:
        """Begin or end one kind of message, here and at Central Services."""
        chosen = set(self._memory.settings.push.split(",")) - {""}
        tags = ",".join(sorted(chosen ^ {kind}))
        if not self._memory.settings.device_id:
            self._memory.remember(device_id=str(uuid.uuid4()))
        service, device = self._memory.settings.super_id, self._memory.settings.device_id
        self._errands.do(lambda: self._tell(service, device, tags), self._told)

    def listen(self) -> None:
        """At a start: be there for what was registered before."""
        if self._memory.settings.push:
            self._errands.send(self._listen)

    def arrived(self, payload: str) -> None:
        """Show that something came; for whoever is not signed in, nothing came."""
        if not self._memory.settings.push or not self._account.stored():
            self._phone.log("I", "pocket", "message for nobody")
            return
        try:
            told = json.loads(payload)
        except ValueError:
            told = None
        kind = str(told.get("Type") or told.get("EventType") or "") if isinstance(told, dict) else ""
        self._phone.notify(TITLE, TEXTS.get(kind, ANY), tag="message")
        if self._stage.signed_in and not self._stage.paused:
            self._presence.synchronise()

    def _listen(self) -> None:
        self._register()

    def _tell(self, service: str, device: str, tags: str) -> str:
        on = set(tags.split(","))
        handle = self._register() if tags else ""
        wanted = tuple(f"{name}={int(name in on)}" for name, _ in KINDS) if tags else ()
        platform = PLATFORMS[self._phone.platform].push
        self._account.tell_push(service, Device(device, handle, platform), wanted)
        return tags

    def _register(self) -> str:
        """Return the handle of this app at the phone's push service; raises Trouble."""
        try:
            if not self._phone.request_permission(PLATFORMS[self._phone.platform].notifications):
                raise Trouble(FORBIDDEN)
            return self._phone.register_for_push()
        except OSError:
            raise Trouble("The phone's push service cannot be reached.") from None

    def _told(self, tags: str) -> None:
        self._memory.remember(push=tags)
        if self._stage.state.screen is Screen.NOTIFICATIONS:
            self._stage.show(notice="", switches=self._switches())

    def _switches(self) -> tuple[tuple[str, str, bool], ...]:
        on = self._memory.settings.push.split(",")
        return tuple((f"push_{name}", text, name in on) for name, text in KINDS)
