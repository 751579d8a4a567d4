"""Ways in: which service to use, and signing in to it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from . import camera, configuration, onsite, qr, signin
from .configuration import Configuration, NotAccepted
from .house import House
from .presence import Presence
from .state import Form, Question, Screen

AUTO_LOGIN: Final = ("auto_login", "Auto login", False)


class Entrance:
    """The start screen, links and codes that configure, and the way through the sign-in."""

    def __init__(self, house: House, presence: Presence) -> None:
        self._phone = house.phone
        self._memory = house.memory
        self._account = house.account
        self._stage = house.stage
        self._errands = house.errands
        self._presence = presence
        self._attempt: signin.Attempt | None = None
        self._asked: Configuration | None = None

    def log_in(self) -> None:
        """Begin the sign-in that was chosen or configured."""
        if not self._stage.state.crm_online:
            self._fill_in()
            return
        if not self._memory.settings.super_id:
            self._memory.remember(super_id=configuration.CRM_ONLINE, netserver="")
        self._begin(ask_password=self._memory.settings.ask_password)

    def log_in_onsite(self) -> None:
        """Send what was filled in; the password leaves the app's memory with the form."""
        state = self._stage.state
        form = state.form
        if form is None or not all(form.values().values()):
            self._stage.show(notice="Please fill in all three fields.")
            return
        auto_login = any(on for name, _, on in state.switches if name == AUTO_LOGIN[0])
        netserver = form.values()[onsite.URL]
        self._stage.show(notice="", form=form.typed(onsite.PASSWORD, ""))

        def sign_in() -> Callable[[], None]:
            identity = self._account.sign_in_onsite(form)
            return lambda: self._entered_onsite(
                netserver, lambda: self._presence.entered(identity), auto_login=auto_login
            )

        self._errands.do(sign_in, lambda entered: entered())

    def scan(self) -> None:
        """Read the QR code of the web client."""

        def read() -> Callable[[], None]:
            picture = camera.picture(self._phone)
            if picture is None:
                return lambda: self._stage.show(notice=camera.FORBIDDEN)
            return lambda: self._scanned(qr.read_picture(picture))

        self._errands.do(read, lambda show: show())

    def is_response(self, link: str) -> bool:
        return link.startswith(f"{urlsplit(signin.REDIRECT).scheme}:")

    def take_response(self, link: str) -> None:
        """Go on with the sign-in that the browser comes back from; what nobody asked for is ignored."""
        attempt = self._attempt
        try:
            code = signin.code(link, attempt)
        except signin.Ignored:
            self._phone.log("W", "pocket", "sign-in response ignored")
            self._stage.show(notice="A sign-in response that nobody asked for was ignored.")
            return
        except signin.Denied:
            self._attempt = None
            self._stage.show(notice="The sign-in was cancelled.")
            return
        if attempt is not None:
            self._attempt = None
            self._stage.go(Screen.SYNCING)
            self._errands.do(lambda: self._account.sign_in(attempt, code), self._presence.entered)

    def take_link(self, link: str) -> None:
        """Consider a `soprotocol:` link."""
        self._consider(configuration.from_link, link)

    def confirmed(self) -> None:
        """The change of configuration that was asked about is wanted."""
        if self._asked is not None:
            self.configure(self._asked)

    def configure(self, found: Configuration) -> None:
        """Use a service; that only ever leads to its sign-in, which asks even where the browser has a session."""
        settings = self._memory.settings
        same = (settings.super_id, settings.netserver) == (found.super_id, found.netserver)
        self._asked = None
        if found.crash_sink:
            self._memory.remember(crash_sink=found.crash_sink)
        if self._stage.signed_in and same:
            self._stage.show(notice="Mobile CRM is already connected to this service.")
            return
        if self._stage.signed_in:
            self._presence.end("")
        self._memory.remember(super_id=found.super_id, netserver=found.netserver)
        self._stage.go(Screen.START)
        if found.netserver:
            self._fill_in()
        else:
            self._begin(ask_password=True)

    def forget_attempt(self) -> None:
        self._attempt = None

    def _scanned(self, payload: str | None) -> None:
        if payload is None:
            self._stage.show(notice="No QR code was found in the picture.")
        else:
            self._consider(configuration.from_qr, payload)

    def _consider(self, read: Callable[[str, str], Configuration], payload: str) -> None:
        settings = self._memory.settings
        try:
            found = read(payload, settings.super_id or settings.netserver)
        except NotAccepted as reason:
            self._phone.log("W", "pocket", "configuration refused")
            self._stage.show(notice=str(reason))
            return
        if found.ask_first:
            self._asked = found
            self._stage.ask(Question.CONFIGURE_ONSITE if found.netserver else Question.CONFIGURE, found.host)
        else:
            self.configure(found)

    def _fill_in(self) -> None:
        form: Form = onsite.empty_form(self._memory.settings.netserver)
        self._stage.aside(Screen.ONSITE, form=form, switches=(AUTO_LOGIN,))

    def _entered_onsite(self, netserver: str, enter: Callable[[], None], *, auto_login: bool) -> None:
        self._memory.remember(super_id="", netserver=netserver, auto_login=auto_login)
        self._stage.state = replace(self._stage.state, form=None)
        enter()

    def _begin(self, *, ask_password: bool) -> None:
        self._attempt = signin.attempt(self._memory.settings.super_id)
        self._stage.show(first_start=False, notice="")
        try:
            self._phone.open_browser(signin.address(self._attempt, ask_password=ask_password))
        except OSError:
            self._stage.show(notice="The phone's browser could not be opened.")
        self._errands.do(self._account.warm_up, lambda _: None)
