"""What all commands share: the phone, the one session there may be, and where the unmodelled is reported."""

from collections.abc import Callable, Mapping

from testbed.android.uiautomator.node import Node
from testbed.android.uiautomator.phone import Touchable
from testbed.android.uiautomator.session import Session
from testbed.handset.refusal import Fault, Refusal


class Desk:
    """The server's state. Like the real one it holds one session; a new one takes the place of the old."""

    def __init__(
        self, phone: Touchable, on_session_end: Callable[[], None], on_unmodelled: Callable[[str, str], None]
    ) -> None:
        self.phone = phone
        self.on_session_end = on_session_end
        self.on_unmodelled = on_unmodelled
        self._session: Session | None = None

    @property
    def open_session(self) -> Session | None:
        return self._session

    @property
    def session(self) -> Session:
        """The session that is open.

        :raises Refusal: invalid session id.
        """
        if self._session is None:
            raise Refusal(Fault.INVALID_SESSION, "The session identified by null is not known")
        return self._session

    def check(self, session: str) -> None:
        """Refuse a command for another session than the open one."""
        if self._session is None or self._session.id != session:
            raise Refusal(Fault.INVALID_SESSION, f"The session identified by {session} is not known")

    def open(self, capabilities: Mapping[str, object]) -> Session:
        self.close()
        self._session = Session(self.phone, capabilities, self.on_unmodelled)
        return self._session

    def close(self) -> None:
        if self._session is not None:
            self._session.end()
        self._session = None

    async def node(self, element: str) -> Node:
        return await self.session.node(element)
