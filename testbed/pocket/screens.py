"""What is on each screen: pure functions of the state."""

from collections.abc import Callable
from typing import Final

from .entities import allows
from .state import Form, Question, Record, Screen, State
from .view import View, button, column, heading, label, row, switch

MENU: Final = (
    ("menu_diary", "Diary", Screen.DIARY),
    ("menu_contacts", "Contacts", Screen.CONTACTS),
    ("menu_persons", "Persons", Screen.PERSONS),
    ("menu_sales", "Sales", Screen.SALES),
    ("menu_projects", "Projects", Screen.PROJECTS),
    ("menu_documents", "Documents", Screen.DOCUMENTS),
    ("menu_search", "Search", Screen.SEARCH),
    ("menu_settings", "Settings", Screen.SETTINGS),
)
MENU_WIDTH: Final = 4
FIELD: Final = "field_"
"""What the controls of a record's form begin with."""
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
    buttons = [button(name, text) for name, text, _ in MENU]
    rows = (row(*buttons[at : at + MENU_WIDTH]) for at in range(0, len(buttons), MENU_WIDTH))
    return (column(*rows, name="menu"),)


def _start(state: State) -> View:
    choice = switch("crm_online", "CRM Online", on=state.crm_online)
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


def _onsite(state: State) -> View:
    switches = (switch(name, text, on=on) for name, text, on in state.switches)
    buttons = row(button("onsite_log_in", "Log in"), button("back", "Back"))
    return _scrolling("onsite_fields", heading("Onsite", "onsite"), *_fields(state.form), *switches, buttons)


def _fields(form: Form | None, prefix: str = "") -> tuple[View, ...]:
    return tuple(
        part
        for entry in (form.entries if form else ())
        for part in (
            label(entry.label),
            View("field", prefix + entry.name, entry.text, hint=entry.label, password=entry.secret),
        )
    )


def _scrolling(name: str, title: View, *parts: View) -> View:
    """What is longer than the screen is scrolled."""
    return column(title, View("list", name, children=parts))


def _records(state: State) -> View:
    return column(heading(state.screen.value, state.screen.value.lower()), *_tools(state), *_list(state))


def _tools(state: State) -> tuple[View, ...]:
    """What the role allows to be done with a list."""
    if not allows(state.mask, "Insert"):
        return ()
    card = state.screen is Screen.CONTACTS and state.crm_online
    return (row(button("new", "New"), *((button("scan_card", "Scan business card"),) if card else ())),)


def _list(state: State) -> tuple[View, ...]:
    items = tuple(_item(record) for record in state.records[: state.shown])
    more = (button("more", "Show more"),) if state.more or len(state.records) > state.shown else ()
    return (View("list", "list", children=items), *more)


def _item(record: Record) -> View:
    return View("item", "item", record.title, item_key(record), description=record.subtitle, clickable=True)


def _search(state: State) -> View:
    field = View("field", "search_field", state.query, hint="Search")
    return column(heading("Search", "search"), row(field, button("search_go", "Search")), *_list(state))


def _images(state: State) -> View:
    """What the guide calls the image home is described nowhere; pictures are taken here of business cards alone."""
    card = (button("scan_card", "Scan business card"),) if allows(state.mask, "Insert") and state.crm_online else ()
    told = "Take a picture of a business card to add a person." if card else "Nothing can be done with pictures here."
    return column(heading("Images", "images"), label(told, "images_text"), row(*card, _back()))


def _detail(state: State) -> View:
    record = state.record
    if record is None:
        return column(heading("", "detail_title"), button("back", "Back"))
    edit = (button("edit", "Edit"),) if allows(state.mask, "Update") and not state.offline else ()
    text = View("list", "detail", children=(label(record.text, "detail_text"),))
    return column(heading(record.title, "detail_title"), text, row(*edit, button("back", "Back")))


def _document(state: State) -> View:
    title = state.record.title if state.record else ""
    elsewhere = (button("open_elsewhere", "Open in the browser"),) if state.document.address else ()
    said = state.document.text
    text = label(said, "document_text") if said else label("Fetching the document…", "document_loading")
    return _scrolling("document", heading(title, "document_title"), *elsewhere, _back(), text)


def _edit(state: State) -> View:
    title = heading(state.form.title if state.form else "", "edit_title")
    buttons = row(button("save", "Save"), button("back", "Cancel"))
    return _scrolling("fields", title, *_fields(state.form, FIELD), buttons)


def _back() -> View:
    return button("back", "Back")


def _settings(state: State) -> View:
    identity = state.identity
    return _scrolling(
        "settings_list",
        heading("Settings", "settings"),
        label(identity.email if identity else "", "signed_in_as"),
        label(f"{identity.company} ({identity.tenant})" if identity else "", "tenant"),
        button("refresh_all", "Refresh all data"),
        *((button("notifications", "Notifications"),) if state.crm_online else ()),
        button("caller_id", "Caller ID"),
        button("about", "About"),
        button("reset_login", "Reset login"),
        button("log_out", "Log out"),
    )


def _notifications(state: State) -> View:
    switches = (switch(name, text, on=on) for name, text, on in state.switches)
    return _scrolling("notification_kinds", heading("Notifications", "notifications_title"), *switches, _back())


def _caller_id(state: State) -> View:
    switches = (switch(name, text, on=on) for name, text, on in state.switches)
    return column(heading("Caller ID", "caller_id_title"), *switches, label(state.subject, "callers"), _back())


def _about(state: State) -> View:
    service = label(f"Connected to {state.subject}", "about_service")
    version = label(f"Version {VERSION}", "about_version")
    sink = label(f"Crash reports go to {state.sink or 'nobody'}", "about_crash_sink")
    return column(heading("About", "about_title"), version, service, sink, _back())


def _confirm(state: State) -> View:
    question = (state.question or Question.LOG_OUT).value.format(subject=state.subject)
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
    Screen.PROJECTS: _records,
    Screen.DOCUMENTS: _records,
    Screen.DOCUMENT: _document,
    Screen.EDIT: _edit,
    Screen.ONSITE: _onsite,
    Screen.NOTIFICATIONS: _notifications,
    Screen.IMAGES: _images,
    Screen.SEARCH: _search,
    Screen.DETAIL: _detail,
    Screen.SETTINGS: _settings,
    Screen.CALLER_ID: _caller_id,
    Screen.ABOUT: _about,
    Screen.CONFIRM: _confirm,
    Screen.BACKGROUND: _background,
}
MENU_SCREENS: Final = frozenset(screen for _, _, screen in MENU) | {Screen.DETAIL}
