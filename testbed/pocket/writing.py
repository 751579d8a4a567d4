"""Changing things, where the role allows it; the server decides again, whatever the buttons say."""

from collections.abc import Callable, Mapping
from typing import Final

from . import camera
from .entities import ENTITIES
from .house import House
from .stage import LISTS
from .state import Entry, Form, Record, Screen

ON_CARD: Final = {
    "Title": "title",
    "Company": "contactId",
    "Phone": "phone/formattedNumber",
    "Email": "email/emailAddress",
}
"""What a card says beside the name, and the column of a person that it belongs to."""


class Writing:
    """Forms for new and known records, also filled in by a scanned business card."""

    def __init__(self, house: House) -> None:
        self._phone = house.phone
        self._memory = house.memory
        self._cache = house.cache
        self._account = house.account
        self._stage = house.stage
        self._errands = house.errands

    def new(self) -> None:
        entity = LISTS[self._stage.state.screen]
        self._stage.aside(Screen.EDIT, form=form_of(entity, 0, {}))

    def edit(self) -> None:
        record = self._stage.state.record
        if record is not None:
            cells = self._cache.typed(record.entity, record.id)
            self._stage.aside(Screen.EDIT, form=form_of(record.entity, record.id, cells))

    def save(self) -> None:
        """Write the form to the server; what cannot be written stays to be mended, nothing is queued."""
        form, service = self._stage.state.form, self._memory.settings.super_id
        if form is None or not any(form.values().values()):
            self._stage.show(notice="Please fill in the form.")
            return
        self._stage.show(notice="")
        self._errands.do(lambda: self._account.save(service, form), lambda record: self._saved(form, record))

    def scan_card(self) -> None:
        """Take a picture of a business card and have Central Services read it."""
        service = self._memory.settings.super_id

        def scan() -> Callable[[], None]:
            picture = camera.picture(self._phone)
            if picture is None:
                return lambda: self._stage.show(notice=camera.FORBIDDEN)
            fields = self._account.scan_card(service, picture)
            return lambda: self._scanned(fields)

        self._errands.do(scan, lambda show: show())

    def _scanned(self, fields: Mapping[str, str]) -> None:
        """Fill in what is on the card; a company that is not known yet is created with the person."""
        first, _, last = fields.get("FullName", "").rpartition(" ")
        filled = {column: fields.get(field, "") for field, column in ON_CARD.items()}
        cells = {"firstName": first, "lastName": last, **filled}
        self._stage.aside(Screen.EDIT, form=form_of("person", 0, cells))
        self._stage.show(notice="Contact details from business card are ready.")

    def _saved(self, form: Form, record: Record | None) -> None:
        if self._stage.state.screen is not Screen.EDIT:
            return
        self._stage.go(next(screen for screen, entity in LISTS.items() if entity == form.entity))
        if record is not None:
            self._stage.aside(Screen.DETAIL, record=record, mask=self._cache.right(record.entity))


def form_of(entity: str, number: int, cells: Mapping[str, str]) -> Form:
    """Return the form of a record, filled in with what is known of it."""
    kind = ENTITIES[entity]
    entries = tuple(Entry(each.name, each.label, cells.get(each.column, "")) for each in kind.editable)
    return Form(f"Edit {entity}" if number else f"New {entity}", entries, entity, number)
