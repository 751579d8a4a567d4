from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

PAGE: Final = 25
"""How many rows a list shows at first, and how many more on request."""


class Screen(Enum):
    """The screens by the name that a person would give them."""

    START = "Start"
    ONSITE = "Onsite"
    SYNCING = "Synchronising"
    DIARY = "Diary"
    CONTACTS = "Contacts"
    PERSONS = "Persons"
    SALES = "Sales"
    PROJECTS = "Projects"
    DOCUMENTS = "Documents"
    IMAGES = "Images"
    SEARCH = "Search"
    SETTINGS = "Settings"
    DETAIL = "Detail"
    DOCUMENT = "Document"
    EDIT = "Edit"
    NOTIFICATIONS = "Notifications"
    CALLER_ID = "Caller ID"
    ABOUT = "About"
    HELP = "Help"
    CONFIRM = "Confirm"
    BACKGROUND = "Mobile CRM"


class Question(Enum):
    """What the app asks before it does it."""

    LOG_OUT = "Do you want to log out?"
    RESET_LOGIN = "Do you want to reset the login and choose another tenant?"
    CONFIGURE = "Do you want to change the sign-in service to {subject}?"
    CONFIGURE_ONSITE = "Do you want to connect to the onsite installation at {subject}?"
    USE_FINGER = "Do you want to log in with your {subject} next time?"
    CALL = "Do you want to call {subject}?"
    ACCEPT = "Do you want to accept this invitation? {subject}"
    REJECT = "Do you want to reject this invitation? {subject}"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is signed in, and where: the owner of what is cached."""

    tenant: str
    user: str
    email: str
    company: str


@dataclass(frozen=True, slots=True)
class Record:
    """One row of the cache as a person reads it; `updated` is the date of its last change, as the server wrote it."""

    entity: str
    id: int
    title: str
    subtitle: str
    text: str
    updated: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Caller:
    """A number without its prefix of the country, and whose it is: a person's, or a company's (`person` 0)."""

    number: int
    prefix: int
    person: int
    name: str


@dataclass(frozen=True, slots=True, repr=False)
class Document:
    """What a document says, in memory only; `address` is where a browser opens one that is kept elsewhere."""

    text: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    """One field of a form; a `secret` one is typed unseen."""

    name: str
    label: str
    text: str = ""
    secret: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Form:
    """What a person is filling in: a record (`number` 0 is a new one) or the sign-in of an onsite installation."""

    title: str
    entries: tuple[Entry, ...]
    entity: str = ""
    number: int = 0

    def typed(self, name: str, text: str) -> "Form":
        return replace(self, entries=tuple(replace(e, text=text) if e.name == name else e for e in self.entries))

    def values(self) -> dict[str, str]:
        return {entry.name: entry.text for entry in self.entries}


@dataclass(frozen=True, slots=True)
class State:
    """Everything a screen is made of; `mask` is the right to what is shown, `switches` are those of the screen."""

    screen: Screen = Screen.START
    notice: str = ""
    offline: bool = False
    first_start: bool = True
    crm_online: bool = True
    identity: Identity | None = None
    records: tuple[Record, ...] = ()
    more: bool = False
    shown: int = PAGE
    query: str = ""
    record: Record | None = None
    mask: str = ""
    form: Form | None = None
    document: Document = Document()
    question: Question | None = None
    subject: str = ""
    switches: tuple[tuple[str, str, bool], ...] = ()
    sink: str = ""
