"""The controls that scenarios use, each with what a person sees there.

They are the rows that a configuration may hold, and what `pocketgate inspect` looks for on a screen.

The identifier is the reference app's. A build that names a control otherwise says so in its configuration
(`[controls.android]`, `[controls.ios]`); the tables in `drivers` find all others, and what is the browser's own.
"""

import re
from dataclasses import dataclass
from enum import Enum

from drivers.controls import BACK, Control
from scenarios.screens import (
    Detail,
    Dialog,
    Diary,
    Document,
    Documents,
    Lists,
    Menu,
    Notice,
    Offline,
    Search,
    Settings,
    Start,
    SuperId,
)


class Sort(Enum):
    """What people do with a control."""

    BUTTON = "button"
    FIELD = "field"
    PASSWORD = "password field"  # noqa: S105 -- a sort of field
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Name:
    """`words` are what such a control is likely to be called by a build that names it otherwise, lower case."""

    control: Control
    sort: Sort
    screen: str
    what: str
    words: tuple[str, ...] = ()


NAMES: tuple[Name, ...] = (
    Name(Start.LOG_IN, Sort.BUTTON, "start", "begins the sign-in", ("log in", "login", "sign in", "get started")),
    Name(Start.SCAN_QR, Sort.BUTTON, "start", "scans a configuration code", ("scan", "qr code", "scan qr code")),
    Name(SuperId.EMAIL, Sort.FIELD, "sign-in page", "e-mail address", ("e-mail", "email", "e-mail address")),
    Name(SuperId.NEXT, Sort.BUTTON, "sign-in page", "goes on to the password", ("next", "continue")),
    Name(SuperId.PASSWORD, Sort.PASSWORD, "sign-in page", "password", ("password", "passwd")),
    Name(SuperId.SIGN_IN, Sort.BUTTON, "sign-in page", "signs in", ("sign in", "log in", "login")),
    Name(Menu.DIARY, Sort.BUTTON, "menu", "goes to the diary", ("diary", "calendar")),
    Name(Menu.CONTACTS, Sort.BUTTON, "menu", "goes to the companies", ("companies", "company", "contacts")),
    Name(Menu.PERSONS, Sort.BUTTON, "menu", "goes to the persons", ("persons", "people")),
    Name(Menu.SALES, Sort.BUTTON, "menu", "goes to the sales", ("sales",)),
    Name(Menu.PROJECTS, Sort.BUTTON, "menu", "goes to the projects", ("projects",)),
    Name(Menu.DOCUMENTS, Sort.BUTTON, "menu", "goes to the documents", ("documents",)),
    Name(Menu.SEARCH, Sort.BUTTON, "menu", "goes to the search", ("search",)),
    Name(Menu.SETTINGS, Sort.BUTTON, "menu", "goes to the settings", ("settings",)),
    Name(Diary.TITLE, Sort.TEXT, "diary", "there on the diary only", ("diary",)),
    Name(Lists.ITEM, Sort.BUTTON, "lists", "each row of a list"),
    Name(Detail.TITLE, Sort.TEXT, "record", "its name"),
    Name(BACK, Sort.BUTTON, "record", "goes back (iOS; Android has a key)", ("back",)),
    Name(Documents.TITLE, Sort.TEXT, "documents", "there on the list of documents only", ("documents",)),
    Name(Document.TEXT, Sort.TEXT, "document", "what stands in it"),
    Name(Search.FIELD, Sort.FIELD, "search", "what is searched", ("search",)),
    Name(Search.GO, Sort.BUTTON, "search", "searches", ("search", "go")),
    Name(Settings.LOG_OUT, Sort.BUTTON, "settings", "logs out", ("log out", "logout", "sign out")),
    Name(Settings.REFRESH_ALL, Sort.BUTTON, "settings", "fetches all data anew", ("refresh all", "refresh all data")),
    Name(Settings.RESET_LOGIN, Sort.BUTTON, "settings", "forgets the login", ("reset login",)),
    Name(Dialog.YES, Sort.BUTTON, "question", "says yes", ("yes", "ok")),
    Name(Notice.TEXT, Sort.TEXT, "notice", "what it says"),
    Name(Notice.OK, Sort.BUTTON, "notice", "closes it", ("ok", "close")),
    Name(Offline.TEXT, Sort.TEXT, "any", "says that there is no network", ("offline", "no network", "no connection")),
)
"""All of them, in the order in which a person meets them."""

TENANT = re.compile(r"tenant_\w+")
"""One for each customer on the page that asks for one (SuperId.tenant)."""


def is_named(control: str) -> bool:
    """Whether a scenario uses a control of this identifier."""
    return control in {name.control.id for name in NAMES} or TENANT.fullmatch(control) is not None
