"""What is on each screen: pure functions of the state."""

from collections.abc import Callable
from typing import Final

from .state import Question, Record, Screen, State
from .view import View, button, column, heading, label, row

MENU: Final = (
    ("menu_diary", "Diary", Screen.DIARY),
    ("menu_contacts", "Contacts", Screen.CONTACTS),
    ("menu_persons", "Persons", Screen.PERSONS),
    ("menu_sales", "Sales", Screen.SALES),
    ("menu_search", "Search", Screen.SEARCH),
    ("menu_settings", "Settings", Screen.SETTINGS),
)
VERSION: Final = "1.0"


def view(state: State) -> View:
    """Return the whole screen: messages on top, its content, and the menu where somebody is signed in."""
    content = CONTENT[state.screen](state)
    return column(*_messages(state), content, *_menu(state), name="screen")


def item_key(record: Record) -> str:
    return f"item:{record.entity}:{record.id}"


def _messages(state: State) -> tuple[View, ...]:
    if state.screen is Screen.BACKGROUND:
        return ()
    notice = (label(state.notice, "notice"), button("notice_ok", "OK")) if state.notice else ()
    offline = (label("No network: showing what is stored on this phone", "offline"),) if state.offline else ()
    return (*notice, *offline)


def _menu(state: State) -> tuple[View, ...]:
    if state.screen not in MENU_SCREENS:
        return ()
    return (row(*(button(name, text) for name, text, _ in MENU), name="menu"),)


def _start(state: State) -> View:
    choice = View("switch", "crm_online", "CRM Online", checked=state.crm_online, clickable=True)
    return column(
        heading("YOU HAVE THE POWER", "start"),
        label("Your CRM in your pocket.", "welcome"),
        *((choice,) if state.first_start else ()),
        button("log_in", "Log in now"),
        button("scan_qr", "Scan QR code"),
        button("help", "Need help to log in?"),
        name="start_screen",
    )


def _help(_state: State) -> View:
    text = "Log in with the e-mail address and password you use for CRM Online, or scan the QR code of the web client."
    return column(heading("Need help to log in?", "help_title"), label(text, "help_text"), button("back", "Back"))


def _syncing(_state: State) -> View:
    return column(heading("Mobile CRM", "syncing_title"), label("Fetching your data…", "syncing"))


def _records(state: State) -> View:
    return column(heading(state.screen.value, state.screen.value.lower()), *_list(state))


def _list(state: State) -> tuple[View, ...]:
    items = tuple(_item(record) for record in state.records[: state.shown])
    more = (button("more", "Show more"),) if len(state.records) > state.shown else ()
    return (View("list", "list", children=items), *more)


def _item(record: Record) -> View:
    return View("item", "item", record.title, item_key(record), description=record.subtitle, clickable=True)


def _search(state: State) -> View:
    field = View("field", "search_field", state.query, hint="Search")
    return column(heading("Search", "search"), row(field, button("search_go", "Search")), *_list(state))


def _detail(state: State) -> View:
    record = state.record
    if record is None:
        return column(heading("", "detail_title"), button("back", "Back"))
    return column(heading(record.title, "detail_title"), label(record.text, "detail_text"), button("back", "Back"))


def _settings(state: State) -> View:
    identity = state.identity
    return column(
        heading("Settings", "settings"),
        label(identity.email if identity else "", "signed_in_as"),
        label(f"{identity.company} ({identity.tenant})" if identity else "", "tenant"),
        button("refresh_all", "Refresh all data"),
        button("about", "About"),
        button("reset_login", "Reset login"),
        button("log_out", "Log out"),
    )


def _about(state: State) -> View:
    service = label(f"Connected to {state.subject}", "about_service")
    return column(
        heading("About", "about_title"), label(f"Version {VERSION}", "about_version"), service, button("back", "Back")
    )


def _confirm(state: State) -> View:
    question = (state.question or Question.LOG_OUT).value.format(host=state.subject)
    return column(
        heading("Please confirm", "confirm_title"),
        label(question, "confirm_text"),
        row(button("confirm_yes", "Yes"), button("confirm_no", "No")),
    )


def _background(_state: State) -> View:
    # what the app switcher shows: nothing of the customer
    return column(heading("Mobile CRM", "neutral"))


CONTENT: Final[dict[Screen, Callable[[State], View]]] = {
    Screen.START: _start,
    Screen.HELP: _help,
    Screen.SYNCING: _syncing,
    Screen.DIARY: _records,
    Screen.CONTACTS: _records,
    Screen.PERSONS: _records,
    Screen.SALES: _records,
    Screen.SEARCH: _search,
    Screen.DETAIL: _detail,
    Screen.SETTINGS: _settings,
    Screen.ABOUT: _about,
    Screen.CONFIRM: _confirm,
    Screen.BACKGROUND: _background,
}
MENU_SCREENS: Final = frozenset(screen for _, _, screen in MENU) | {Screen.DETAIL}
