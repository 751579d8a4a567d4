"""Looking at everything a salesperson looks at."""

from drivers.phone import Phone
from scenarios.screens import Detail, Diary, Document, Documents, Lists, Menu, Search

LISTS = (Menu.CONTACTS, Menu.PERSONS, Menu.SALES)


def browse_everything(phone: Phone) -> None:
    """Every list, the first record of each, and the diary again."""
    for entry in LISTS:
        phone.tap(entry)
        open_first_record(phone)
        phone.go_back()
        phone.wait_for(Lists.ITEM)
    phone.tap(Menu.DIARY)
    phone.wait_for(Diary.TITLE)


def open_first_record(phone: Phone) -> str:
    """Open the first row of the list on the screen; returns the title of the record."""
    phone.tap(Lists.ITEM)
    phone.wait_for(Detail.TITLE)
    return phone.text_of(Detail.TITLE)


def read_first_document(phone: Phone) -> str:
    """Open the first document of the list; returns what it says."""
    phone.tap(Menu.DOCUMENTS)
    phone.wait_for(Documents.TITLE)
    phone.tap(Lists.ITEM)
    phone.wait_for(Document.TEXT)
    return phone.text_of(Document.TEXT)


def search_for(phone: Phone, words: str) -> tuple[str, ...]:
    """What the search finds, row by row."""
    phone.tap(Menu.SEARCH)
    phone.enter(Search.FIELD, words)
    phone.tap(Search.GO)
    phone.wait_for(Search.FIELD)
    return phone.texts_of(Lists.ITEM)
