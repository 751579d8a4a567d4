from dataclasses import dataclass
from enum import Enum
from typing import Final

PAGE: Final = 25
"""How many rows a list shows at first, and how many more on request."""


class Screen(Enum):
    """The screens by the name that a person would give them."""

    START = "Start"
    SYNCING = "Synchronising"
    DIARY = "Diary"
    CONTACTS = "Contacts"
    PERSONS = "Persons"
    SALES = "Sales"
    SEARCH = "Search"
    SETTINGS = "Settings"
    DETAIL = "Detail"
    ABOUT = "About"
    HELP = "Help"
    CONFIRM = "Confirm"
    BACKGROUND = "Mobile CRM"


class Question(Enum):
    """What the app asks before it does it."""

    LOG_OUT = "Do you want to log out?"
    RESET_LOGIN = "Do you want to reset the login and choose another tenant?"
    CONFIGURE = "Do you want to change the sign-in service to {host}?"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is signed in, and where: the owner of what is cached."""

    tenant: str
    user: str
    email: str
    company: str


@dataclass(frozen=True, slots=True)
class Record:
    """One row of the cache as a person reads it."""

    entity: str
    id: int
    title: str
    subtitle: str
    text: str


@dataclass(frozen=True, slots=True)
class State:
    """Everything a screen is made of."""

    screen: Screen = Screen.START
    notice: str = ""
    offline: bool = False
    first_start: bool = True
    crm_online: bool = True
    identity: Identity | None = None
    records: tuple[Record, ...] = ()
    shown: int = PAGE
    query: str = ""
    record: Record | None = None
    question: Question | None = None
    subject: str = ""
    before: Screen = Screen.START
