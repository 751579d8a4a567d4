"""The app: events of the phone on the main thread, work that waits for the network on one worker.

Its rooms: presence (who is there), entrance (ways in), reading, writing, messages. The stage is what they all show on.
"""

import uuid
from collections.abc import Callable
from functools import partial

from . import configuration, screens
from .account import Account
from .cache import Cache
from .callers import SWITCH, Callers
from .crashes import CrashReports
from .entrance import Entrance
from .errands import Errands
from .handset import Event, Handset
from .house import House
from .messages import KINDS, Messages
from .presence import Presence
from .reading import Reading
from .settings import Memory
from .stage import Stage
from .state import Question, Screen
from .tokens import Vault
from .worker import Worker
from .writing import Writing


def main(phone: Handset) -> None:
    """Run the app on a phone until the phone ends it; what it dies of is kept for the crash sink."""
    app = App(phone)
    try:
        for event in phone.events():
            app.take(event)
            if event.kind == "launch":
                # not every phone times starts; where none does, this mark in its log is what is read
                phone.log("I", "pocket", f"first frame seconds={phone.running_for():.3f}")
    except Exception as error:
        app.crashes.write(error)
        raise


class App:
    """Hands each event to the room it is for."""

    def __init__(self, phone: Handset) -> None:
        self.crashes = CrashReports(phone, phone.data_dir / "crashes")
        self._memory = Memory(phone.data_dir / "shared_prefs" / "settings.json")
        cache = Cache(phone.data_dir / "databases" / "pocket.db")
        account = Account(phone, cache, Vault(phone.data_dir / "shared_prefs" / "session.enc", phone.keystore))
        self._errands = Errands(phone, Worker(phone, self.crashes.write))
        self._stage = Stage(phone, cache, self._memory)
        house = House(phone, self._memory, cache, account, self._stage, self._errands)
        self._presence = Presence(house)
        self._entrance = Entrance(house, self._presence)
        self._reading = Reading(house)
        self._writing = Writing(house)
        self._messages = Messages(house, self._presence)
        self._callers = Callers(house)

    def take(self, event: Event) -> None:
        """Act on one event; what is not for this app, or for a control that is gone, is left alone."""
        link = event.intent.data if event.intent else None
        match event.kind:
            case "launch":
                self._launch()
            case "intent" | "resume":
                self._presence.come_forward()
            case "pause":
                self._presence.go_back()
            case "back":
                self._stage.back()
            case "click" if event.key in self._stage.usable:
                self._click(event.key)
            case "text" if event.key in self._stage.usable:
                self._type(event.key, event.text)
            case "push":
                self._messages.arrived(event.text)
        if link:
            self._open_link(link)

    def _launch(self) -> None:
        self._presence.launch()
        if self._stage.signed_in:
            self._messages.listen()
        sink = configuration.sink(self._memory.settings.crash_sink)
        if sink and self.crashes.waiting():
            self._errands.send(self.crashes.sender(sink, self._install_id()))

    def _install_id(self) -> str:
        if not self._memory.settings.install_id:
            self._memory.remember(install_id=str(uuid.uuid4()))
        return self._memory.settings.install_id

    def _open_link(self, link: str) -> None:
        if self._entrance.is_response(link):
            self._entrance.take_response(link)
        elif link[:11].lower() == "soprotocol:":
            self._entrance.take_link(link)
        else:
            self._reading.follow(link)

    def _type(self, key: str, text: str) -> None:
        form = self._stage.state.form
        if form is None:
            self._stage.show(query=text)
        else:
            self._stage.show(form=form.typed(key.removeprefix(screens.FIELD), text))

    def _click(self, key: str) -> None:
        places = {name: screen for name, _, screen in screens.MENU}
        if places.get(key) is Screen.DOCUMENTS:
            self._reading.open_documents()
        elif key in places:
            self._stage.go(places[key])
        elif key.startswith("item:"):
            _, entity, number = key.split(":")
            self._reading.open_item(entity, int(number))
        else:
            self._actions()[key]()

    def _actions(self) -> dict[str, Callable[[], None]]:
        stage = self._stage
        settings = self._memory.settings
        connected, sink = settings.super_id or settings.netserver, configuration.sink(settings.crash_sink)
        return {
            "log_in": self._entrance.log_in,
            "onsite_log_in": self._entrance.log_in_onsite,
            "scan_qr": self._entrance.scan,
            "crm_online": lambda: stage.show(crm_online=not stage.state.crm_online),
            "auto_login": partial(self._flip, "auto_login"),
            "help": lambda: stage.aside(Screen.HELP),
            "about": lambda: stage.aside(Screen.ABOUT, subject=connected, sink=sink),
            "back": stage.back,
            "notice_ok": lambda: stage.show(notice=""),
            "more": stage.show_more,
            "search_go": self._reading.search,
            "new": self._writing.new,
            "open_elsewhere": self._reading.open_elsewhere,
            "edit": self._writing.edit,
            "save": self._writing.save,
            "scan_card": self._writing.scan_card,
            "refresh_all": self._presence.refetch,
            "notifications": self._messages.open,
            **{f"push_{kind}": partial(self._messages.toggle, kind) for kind, _ in KINDS},
            "caller_id": self._callers.open,
            SWITCH: self._callers.toggle,
            "reset_login": lambda: stage.ask(Question.RESET_LOGIN),
            "log_out": lambda: stage.ask(Question.LOG_OUT),
            "confirm_yes": lambda: self._confirmed(stage.state.question),
            "confirm_no": stage.back,
        }

    def _flip(self, name: str) -> None:
        switches = self._stage.state.switches
        self._stage.show(switches=tuple((one, text, on ^ (one == name)) for one, text, on in switches))

    def _confirmed(self, question: Question | None) -> None:
        match question:
            case Question.CONFIGURE | Question.CONFIGURE_ONSITE:
                self._entrance.confirmed()
            case Question.USE_FINGER:
                self._presence.use_finger()
            case Question.CALL:
                self._reading.call()
            case Question.ACCEPT | Question.REJECT:
                self._reading.answer(accept=question is Question.ACCEPT)
            case Question.LOG_OUT | Question.RESET_LOGIN:
                self._entrance.forget_attempt()
                self._presence.leave(elsewhere=question is Question.RESET_LOGIN)
