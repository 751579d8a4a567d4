"""The app: events of the phone on the main thread, work that waits for the network on one worker."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from . import configuration, idle, links, qr, screens, signin
from .account import Account
from .cache import TABLES, Cache
from .configuration import Configuration, NotAccepted
from .handset import Event, Handset
from .settings import Settings, SettingsFile
from .state import PAGE, Identity, Question, Record, Screen, State
from .sync import Outcome
from .tokens import Vault
from .trouble import SignedOut, Trouble, Unreachable
from .worker import Worker

LISTS: Final = {
    Screen.DIARY: "appointment",
    Screen.CONTACTS: "contact",
    Screen.PERSONS: "person",
    Screen.SALES: "sale",
}
FOUND_AT_MOST: Final = 50
OUTSIDE: Final = frozenset({Screen.START, Screen.HELP, Screen.SYNCING})


def main(phone: Handset) -> None:
    """Run the app on a phone until the phone ends it."""
    app = App(phone)
    for event in phone.events():
        app.take(event)


class App:
    """Holds the state and changes it, event by event; what is shown follows from it."""

    def __init__(self, phone: Handset) -> None:
        self._phone = phone
        self._file = SettingsFile(phone.data_dir / "shared_prefs" / "settings.json")
        self._settings = self._file.load()
        self._cache = Cache(phone.data_dir / "databases" / "pocket.db")
        vault = Vault(phone.data_dir / "shared_prefs" / "session.enc", phone.keystore)
        self._account = Account(phone, self._cache, vault)
        self._worker = Worker(phone)
        self._attempt: signin.Attempt | None = None
        self._asked: Configuration | None = None
        self._state = State(first_start=not self._settings.super_id)
        self._usable: frozenset[str] = frozenset()
        self._paused = False
        self._syncing = False
        self._epoch = 0

    # --- what the phone reports

    def take(self, event: Event) -> None:
        """Act on one event; what is not for this app, or for a control that is gone, is left alone."""
        link = event.intent.data if event.intent else None
        match event.kind:
            case "launch":
                self._launch()
            case "intent" | "resume":
                self._come_forward()
            case "pause":
                self._go_back()
            case "back":
                self._step_back()
            case "click" if event.key in self._usable:
                self._click(event.key)
            case "text" if event.key in self._usable:
                self._show(query=event.text)
        if link:
            self._open_link(link)

    def _launch(self) -> None:
        if not self._account.stored():
            self._leave_background()
            self._show()
        elif self._idle_too_long() or self._settings.disable_auto_login:
            self._end_session("")
        elif (owner := self._cache.owner()) is None:
            self._end_session("Please log in again.")
        else:
            self._leave_background()
            self._enter(owner)
            self._synchronise()

    def _come_forward(self) -> None:
        self._paused = False
        if self._signed_in and self._idle_too_long():
            self._end_session("You were logged out because the app was not used for a while.")
            return
        self._leave_background()
        self._show()
        if self._signed_in:
            self._synchronise()

    def _go_back(self) -> None:
        self._paused = True
        self._remember(paused_at=time.time())
        self._phone.show(Screen.BACKGROUND.value, screens.view(State(screen=Screen.BACKGROUND)).wire())

    def _idle_too_long(self) -> bool:
        return idle.expired(self._settings.paused_at, time.time(), self._settings.auto_logout)

    def _leave_background(self) -> None:
        if self._settings.paused_at is not None:
            self._remember(paused_at=None)

    def _step_back(self) -> None:
        match self._state.screen:
            case Screen.START | Screen.DIARY | Screen.SYNCING:
                self._phone.finish()
            case Screen.DETAIL | Screen.CONFIRM | Screen.ABOUT | Screen.HELP:
                self._go(self._state.before)
            case _:
                self._go(Screen.DIARY)

    # --- what people do

    def _click(self, key: str) -> None:
        menu = {name: screen for name, _, screen in screens.MENU}
        if key in menu:
            self._go(menu[key])
        elif key.startswith("item:"):
            _, entity, number = key.split(":")
            self._open_record(entity, int(number))
        else:
            self._actions()[key]()

    def _actions(self) -> dict[str, Callable[[], None]]:
        return {
            "log_in": self._log_in,
            "scan_qr": self._scan,
            "crm_online": lambda: self._show(crm_online=not self._state.crm_online),
            "help": lambda: self._aside(Screen.HELP),
            "about": lambda: self._aside(Screen.ABOUT, subject=self._settings.super_id),
            "back": self._step_back,
            "notice_ok": lambda: self._show(notice=""),
            "more": lambda: self._show(shown=self._state.shown + PAGE),
            "search_go": lambda: self._show(records=self._found(), notice=""),
            "refresh_all": self._refetch,
            "reset_login": lambda: self._ask(Question.RESET_LOGIN),
            "log_out": lambda: self._ask(Question.LOG_OUT),
            "confirm_yes": self._confirmed,
            "confirm_no": lambda: self._go(self._state.before),
        }

    def _log_in(self) -> None:
        if not self._state.crm_online:
            self._show(notice="This version of Mobile CRM connects to CRM Online only.")
            return
        if not self._settings.super_id:
            self._remember(super_id=configuration.CRM_ONLINE)
        self._begin_sign_in(ask_password=self._settings.ask_password)

    def _confirmed(self) -> None:
        if self._state.question is Question.CONFIGURE and self._asked is not None:
            self._configure(self._asked)
        else:
            self._end_session("")

    # --- screens

    @property
    def _signed_in(self) -> bool:
        return self._state.identity is not None

    def _show(self, **changes: object) -> None:
        """Change the state and draw it; in the background nothing is drawn."""
        self._state = replace(self._state, **changes)  # type: ignore[arg-type]
        if self._paused:
            return
        view = screens.view(self._state)
        self._usable = view.keys()
        self._phone.show(self._state.screen.value, view.wire())

    def _go(self, screen: Screen) -> None:
        same = State(identity=self._state.identity, offline=self._state.offline)
        if not self._signed_in and screen not in OUTSIDE:
            screen = Screen.START
        self._state = replace(same, first_start=not self._settings.super_id)
        self._show(screen=screen, records=self._records_of(screen))

    def _aside(self, screen: Screen, **changes: object) -> None:
        self._show(screen=screen, before=self._state.screen, notice="", **changes)

    def _enter(self, identity: Identity) -> None:
        self._state = replace(self._state, identity=identity)
        self._go(Screen.DIARY)

    def _records_of(self, screen: Screen) -> tuple[Record, ...]:
        if screen not in LISTS:
            return ()
        return self._cache.records(LISTS[screen], today=datetime.fromtimestamp(time.time(), UTC).date().isoformat())

    def _found(self) -> tuple[Record, ...]:
        query = self._state.query.strip()
        if not query:
            return ()
        lists = (self._cache.records(entity, query, FOUND_AT_MOST) for entity in TABLES)
        return tuple(record for records in lists for record in records)[:FOUND_AT_MOST]

    def _open_record(self, entity: str, number: int) -> None:
        record = self._cache.record(entity, number)
        if record is None:
            self._show(notice="This record is not on the phone.")
            return
        self._aside(Screen.DETAIL, record=record)
        service = self._settings.super_id
        self._do(lambda: self._account.refresh(service, entity), lambda _: self._reopen(entity, number))

    def _reopen(self, entity: str, number: int) -> None:
        shown = self._state.record
        if self._state.screen is Screen.DETAIL and shown and (shown.entity, shown.id) == (entity, number):
            self._show(record=self._cache.record(entity, number) or shown, offline=False)

    # --- links and codes

    def _open_link(self, link: str) -> None:
        if link.startswith(f"{urlsplit(signin.REDIRECT).scheme}:"):
            self._take_response(link)
        elif link[:11].lower() == "soprotocol:":
            self._consider(configuration.from_link, link)
        elif self._signed_in and (target := links.target(link)):
            self._follow(target)
        else:
            self._show(notice="Please log in first." if not self._signed_in else "This link cannot be opened.")

    def _follow(self, target: links.Target) -> None:
        if target.entity:
            self._open_record(target.entity, target.id)
        else:
            self._go(target.screen)

    def _scan(self) -> None:
        def read() -> Callable[[], None]:
            try:
                picture = self._phone.capture_picture()
            except OSError:
                return lambda: self._show(notice="The camera may not be used; allow it in the phone's settings.")
            return lambda: self._scanned(qr.read_picture(picture))

        self._do(read, lambda show: show())

    def _scanned(self, payload: str | None) -> None:
        if payload is None:
            self._show(notice="No QR code was found in the picture.")
        else:
            self._consider(configuration.from_qr, payload)

    def _consider(self, read: Callable[[str, str], Configuration], payload: str) -> None:
        try:
            found = read(payload, self._settings.super_id)
        except NotAccepted as reason:
            self._phone.log("W", "pocket", "configuration refused")
            self._show(notice=str(reason))
            return
        if found.ask_first:
            self._asked = found
            self._ask(Question.CONFIGURE, subject=urlsplit(found.super_id).hostname or "")
        else:
            self._configure(found)

    def _configure(self, found: Configuration) -> None:
        """Use a service; that only ever leads to its sign-in, which asks even where the browser has a session."""
        if self._signed_in and self._settings.super_id == found.super_id:
            self._show(notice="Mobile CRM is already connected to this service.")
            return
        if self._signed_in:
            self._end_session("")
        self._remember(super_id=found.super_id)
        self._asked = None
        self._go(Screen.START)
        self._begin_sign_in(ask_password=True)

    def _ask(self, question: Question, subject: str = "") -> None:
        self._aside(Screen.CONFIRM, question=question, subject=subject)

    # --- the session

    def _begin_sign_in(self, *, ask_password: bool) -> None:
        self._attempt = signin.attempt(self._settings.super_id)
        self._show(first_start=False, notice="")
        try:
            self._phone.open_browser(signin.address(self._attempt, ask_password=ask_password))
        except OSError:
            self._show(notice="The phone's browser could not be opened.")
        self._do(self._account.warm_up, lambda _: None)

    def _take_response(self, link: str) -> None:
        attempt = self._attempt
        try:
            code = signin.code(link, attempt)
        except signin.Ignored:
            self._phone.log("W", "pocket", "sign-in response ignored")
            self._show(notice="A sign-in response that nobody asked for was ignored.")
            return
        except signin.Denied:
            self._attempt = None
            self._show(notice="The sign-in was cancelled.")
            return
        if attempt is not None:
            self._attempt = None
            self._go(Screen.SYNCING)
            self._do(lambda: self._account.sign_in(attempt, code), self._entered)

    def _entered(self, identity: Identity) -> None:
        self._remember(ask_password=False)
        self._show(identity=identity)
        self._synchronise()

    def _synchronise(self) -> None:
        if not self._syncing:
            self._syncing = True
            service = self._settings.super_id
            self._do(lambda: self._account.synchronise(service), self._synchronised)

    def _refetch(self) -> None:
        service = self._settings.super_id
        self._syncing = True
        self._show(notice="", screen=Screen.SYNCING)
        self._do(lambda: self._account.refetch(service), self._synchronised)

    def _synchronised(self, outcome: Outcome) -> None:
        self._syncing = False
        found = outcome.preferences
        self._remember(auto_logout=found.auto_logout, disable_auto_login=found.disable_auto_login)
        self._leave_syncing(offline=False)
        if self._state.screen is Screen.DIARY and not self._paused:
            self._phone.fully_drawn()

    def _leave_syncing(self, **changes: object) -> None:
        screen = Screen.DIARY if self._state.screen is Screen.SYNCING else self._state.screen
        records = self._records_of(screen) if screen in LISTS else self._state.records
        self._show(screen=screen, records=records, **changes)

    def _end_session(self, notice: str) -> None:
        """Delete the tokens and show the start screen; the next sign-in asks, so that another user can be chosen."""
        self._epoch += 1
        self._syncing = False
        self._attempt = None
        self._account.end()
        self._remember(ask_password=True, paused_at=None)
        self._state = State(first_start=not self._settings.super_id)
        self._show(notice=notice)

    # --- work that waits

    def _do[T](self, job: Callable[[], T], done: Callable[[T], None]) -> None:
        """Have the worker do a job; its outcome counts only while the session is the same."""
        epoch = self._epoch

        def tried() -> T | Trouble:
            try:
                return job()
            except Trouble as trouble:
                return trouble

        def arrived(outcome: T | Trouble) -> None:
            if epoch != self._epoch:
                return
            if isinstance(outcome, Trouble):
                self._suffer(outcome)
            else:
                done(outcome)

        self._worker.submit(tried, arrived)

    def _suffer(self, trouble: Trouble) -> None:
        self._syncing = False
        self._phone.log("W", "pocket", f"trouble: {type(trouble).__name__}")
        if isinstance(trouble, SignedOut):
            self._end_session(str(trouble))
        elif not self._signed_in:
            self._go(Screen.START)
            self._show(notice=str(trouble))
        elif isinstance(trouble, Unreachable):
            self._leave_syncing(offline=True)
        else:
            self._leave_syncing(notice=str(trouble))

    def _remember(self, **changes: object) -> None:
        changed: Settings = replace(self._settings, **changes)  # type: ignore[arg-type]
        if changed != self._settings:
            self._settings = changed
            self._file.save(changed)
