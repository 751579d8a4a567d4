"""Looking at things: lists, records, documents, search, and the links that lead to them."""

from . import links
from .cache import TABLES
from .house import House
from .links import Task
from .state import Document, Question, Record, Screen

FOUND_AT_MOST = 50
NOT_HERE = "This record is not on the phone."
GONE = "This record is no longer there for you."


class Reading:
    """Shows what is cached at once, and what the server says of it as soon as it is known."""

    def __init__(self, house: House) -> None:
        self._phone = house.phone
        self._memory = house.memory
        self._cache = house.cache
        self._account = house.account
        self._stage = house.stage
        self._errands = house.errands
        self._task: links.Target | None = None

    def open_item(self, entity: str, number: int) -> None:
        if entity == "document":
            self._open_document(number)
        else:
            self._open_record(entity, number)

    def open_documents(self) -> None:
        """Ask for the documents each time: nothing of them is kept on the phone."""
        self._stage.go(Screen.DOCUMENTS)
        service = self._memory.settings.super_id
        self._errands.do(lambda: self._account.documents(service), self._listed)

    def search(self) -> None:
        query = self._stage.state.query.strip()
        lists = (self._cache.records(entity, query, FOUND_AT_MOST) for entity in TABLES) if query else ()
        found = tuple(record for records in lists for record in records)[:FOUND_AT_MOST]
        self._stage.show(records=found, more=False, notice="")

    def follow(self, link: str) -> None:
        """Go where a link leads; what would change or call anything is asked about first."""
        found = links.target(link)
        if not self._stage.signed_in:
            self._stage.show(notice="Please log in first.")
        elif found is None:
            self._stage.show(notice="This link cannot be opened.")
        elif not found.entity:
            self._stage.go(found.screen)
        else:
            self.open_item(found.entity, found.id)
            self._ask(found)

    def open_elsewhere(self) -> None:
        """Have the browser open a document that is kept in Microsoft 365; that asks for its own sign-in."""
        try:
            self._phone.open_browser(self._stage.state.document.address)
        except OSError:
            self._stage.show(notice="The phone's browser could not be opened.")

    def call(self) -> None:
        """Hand the number to the phone's own dialler."""
        self._stage.back()
        try:
            self._phone.view(f"tel:{self._task.argument if self._task else ''}")
        except OSError:
            self._stage.show(notice="This phone cannot call.")

    def answer(self, *, accept: bool) -> None:
        """Answer the invitation that the link named."""
        self._stage.back()
        task, service = self._task, self._memory.settings.super_id
        if task is not None:
            said = "The invitation was accepted." if accept else "The invitation was rejected."
            self._errands.do(
                lambda: self._account.answer(service, task.id, accept=accept), lambda _: self._stage.show(notice=said)
            )

    def _ask(self, target: links.Target) -> None:
        self._task = target
        record = self._stage.state.record
        title = record.title if record and (record.entity, record.id) == (target.entity, target.id) else ""
        match target.task:
            case Task.CALL:
                self._stage.ask(Question.CALL, target.argument)
            case Task.ACCEPT:
                self._stage.ask(Question.ACCEPT, title)
            case Task.REJECT:
                self._stage.ask(Question.REJECT, title)

    def _open_record(self, entity: str, number: int) -> None:
        record, service = self._cache.record(entity, number), self._memory.settings.super_id
        if record is None:
            self._stage.show(notice=NOT_HERE)
            self._errands.do(lambda: self._account.fetch(service, entity, number), self._found)
            return
        self._stage.aside(Screen.DETAIL, record=record, mask=self._cache.right(entity))
        self._errands.do(lambda: self._account.refresh(service, record), lambda now: self._reopen(record, now))

    def _found(self, record: Record | None) -> None:
        if record is not None:
            self._stage.aside(Screen.DETAIL, record=record, mask=self._cache.right(record.entity))

    def _reopen(self, before: Record, now: Record | None) -> None:
        shown = self._stage.state.record
        if self._stage.state.screen is not Screen.DETAIL or not shown or _of(shown) != _of(before):
            return
        if now is None:
            self._stage.back(GONE)
        else:
            self._stage.show(record=now, offline=False)

    def _listed(self, documents: tuple[Record, ...]) -> None:
        if self._stage.state.screen is Screen.DOCUMENTS:
            self._stage.show(records=documents, more=False, offline=False)

    def _open_document(self, number: int) -> None:
        known = (each for each in self._stage.state.records if each.id == number and each.entity == "document")
        record = next(known, Record("document", number, "Document", "", ""))
        service = self._memory.settings.super_id
        self._stage.aside(Screen.DOCUMENT, record=record, document=Document())
        self._errands.do(lambda: self._account.document(service, number), lambda found: self._reads(record, found))

    def _reads(self, record: Record, found: Document) -> None:
        if self._stage.state.screen is Screen.DOCUMENT and self._stage.state.record == record:
            self._stage.show(document=found, offline=False)


def _of(record: Record) -> tuple[str, int]:
    return record.entity, record.id
