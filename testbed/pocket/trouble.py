"""What can go wrong between the app and its servers; the message is for the person.

Trouble                     nothing came of it
 ├─ Unreachable             no network, no answer
 ├─ Insecure                the server could not prove who it is; nothing was sent
 ├─ Refused                 an answer that is none: wrong status, wrong content
 ├─ Busy                    the server asked to be left alone for a while (RFC 9110 section 10.2.3)
 ├─ Full                    the phone has no room left
 └─ SignedOut               the session is over
"""


class Trouble(Exception):  # noqa: N818 -- a trouble on the way, not an error of the program
    """Nothing came of a request; the message is for the person."""


class Unreachable(Trouble):
    pass


class Insecure(Trouble):
    pass


class Refused(Trouble):
    """`status` is the HTTP status where the answer had a wrong one, else 0."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class Busy(Trouble):
    pass


class Full(Trouble):
    def __init__(self) -> None:
        super().__init__("The phone's storage is full, so that nothing new can be kept on it.")


class SignedOut(Trouble):
    pass


UNREADABLE = "CRM Online answered with something that cannot be read."
