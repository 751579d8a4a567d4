"""What all commands share: the phone, the one session there may be, and where the unmodelled is reported."""

from collections.abc import Callable

from testbed.handset.refusal import Fault, Refusal
from testbed.ios.wda.phone import AppState, Touchable
from testbed.ios.wda.session import Session


class Desk:
    """The server's state. Like the real one it holds one session; a new one takes the place of the old."""

    def __init__(self, phone: Touchable, on_unmodelled: Callable[[str, str], None]) -> None:
        self.phone = phone
        self.on_unmodelled = on_unmodelled
        self._session: Session | None = None

    @property
    def open_session(self) -> Session | None:
        return self._session

    @property
    def session(self) -> Session:
        """The session that is open; one for the moment, where a command needs none and none is open."""
        return self._session or Session(self.phone, None, self.on_unmodelled)

    def check(self, session: str) -> None:
        """Refuse a command for another session than the open one."""
        if self._session is None or self._session.id != session:
            raise Refusal(Fault.INVALID_SESSION, "Session does not exist")

    def open(self, session: Session) -> None:
        self._session = session

    async def close(self) -> None:
        """End the session, and its app where the session was asked to."""
        session, self._session = self._session, None
        if session is None or session.app is None or not session.terminates_app:
            return
        if self.phone.state(session.app) > AppState.NOT_RUNNING:
            await self.phone.terminate(session.app)
