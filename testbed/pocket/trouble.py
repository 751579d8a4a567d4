"""What can go wrong between the app and its servers; the message is for the person.

Trouble                     nothing came of it
 ├─ Unreachable             no network, no answer
 ├─ Insecure                the server could not prove who it is; nothing was sent
 ├─ Refused                 an answer that is none: wrong status, wrong content
 └─ SignedOut               the session is over
"""


class Trouble(Exception):  # noqa: N818 -- a trouble on the way, not an error of the program
    """Nothing came of a request; the message is for the person."""


class Unreachable(Trouble):
    pass


class Insecure(Trouble):
    pass


class Refused(Trouble):
    pass


class SignedOut(Trouble):
    pass
