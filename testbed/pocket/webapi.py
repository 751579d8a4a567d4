"""What the app asks of a tenant's Web API beside lists: one record, changes to it, documents."""

from dataclasses import dataclass
from typing import Final

from .api import NOT_MODIFIED, Api, read, rows_of
from .entities import ENTITIES
from .state import Caller, Record
from .trouble import UNREADABLE, Refused

MERGE: Final = {"Content-Type": "application/merge-patch+json"}
NEWEST_DOCUMENTS: Final = 50
DOCUMENT_TITLES: Final = ("heading", "header", "name", "title")


@dataclass(frozen=True, slots=True)
class Freshness:
    """Whether a record differs from the one known, and what the user may do with it ("" where nothing was said)."""

    changed: bool
    mask: str


def freshness(api: Api, record: Record) -> Freshness:
    """Ask with If-Modified-Since; raises Refused with 404 for one that is gone or may no longer be seen."""
    headers = {"If-Modified-Since": _http_date(record.updated)} if record.updated else {}
    answer = api.call("GET", f"{ENTITIES[record.entity].resource}/{record.id}", headers=headers)
    if answer.status_code == NOT_MODIFIED:
        return Freshness(changed=False, mask="")
    right = read(answer).get("TableRight")
    mask = right.get("Mask") if isinstance(right, dict) else None
    return Freshness(changed=True, mask=mask if isinstance(mask, str) else "None")


def change(api: Api, entity: str, number: int, values: dict[str, object]) -> None:
    """Merge into a record (RFC 7396); raises Refused, also where the server does not allow it."""
    api.call("PATCH", f"{ENTITIES[entity].resource}/{number}", json=values, headers=MERGE)


def create(api: Api, entity: str, values: dict[str, object]) -> int:
    """Return the number of the new record; raises Refused."""
    resource = ENTITIES[entity].resource
    number = read(api.call("POST", resource, json=values)).get(f"{resource}Id")
    if not isinstance(number, int):
        raise Refused(UNREADABLE)
    return number


def delete(api: Api, entity: str, number: int) -> None:
    """Take a record away; raises Refused, also where the server does not allow it."""
    api.call("DELETE", f"{ENTITIES[entity].resource}/{number}")


def answer_invitation(api: Api, number: int, *, accept: bool) -> None:
    """The documentation names the link and no call; the status on the appointment is assumed."""
    change(api, "appointment", number, {"InvitationStatus": "Accepted" if accept else "Declined"})


def caller_ids(api: Api, last: str) -> tuple[str, tuple[Caller, ...]] | None:
    """Return the hash of the numbers and the numbers; None while `last` still is the hash (PocketAgent)."""
    try:
        told = api.call("POST", "Agents/Pocket/GetMyCallerIDs", json={"LastHash": last}).json()
        if told is None:
            return None
        return str(told["CallerIDHash"]), tuple(_caller(each) for each in told["CallerIDs"])
    except (ValueError, TypeError, KeyError):
        raise Refused(UNREADABLE) from None


def documents(api: Api) -> tuple[Record, ...]:
    """Return what can be opened; it is asked for each time, since nothing of documents is kept."""
    page = read(api.call("GET", "Document", params={"$top": str(NEWEST_DOCUMENTS)}))
    return tuple(
        Record("document", int(str(row["PrimaryKey"])), _title(row), str(row.get("updatedDate") or "")[:10], "")
        for row in rows_of(page)
    )


def content(api: Api, number: int) -> str:
    """Return what a document says; of one that is no text, its length. Raises Refused with 403 for one elsewhere."""
    answer = api.call("GET", f"Document/{number}/Content")
    try:
        return answer.content.decode()
    except UnicodeDecodeError:
        return f"A file of {len(answer.content)} bytes that this app cannot show."


def address(api: Api, number: int) -> str:
    """Return where a document is opened that is not kept at the tenant's own server; raises Refused."""
    try:
        found = api.call("GET", f"Document/{number}/Url").json()
    except ValueError:
        found = None
    if not isinstance(found, str) or not found.startswith("https://"):
        raise Refused(UNREADABLE)
    return found


def _caller(told: dict[str, object]) -> Caller:
    number, prefix, person = (int(str(told[name])) for name in ("PhoneNumber", "DialInPrefix", "PersonId"))
    return Caller(number, prefix, person, str(told["PersonName"] or told["ContactName"]))


def _title(row: object) -> str:
    found = (row.get(name) for name in DOCUMENT_TITLES) if isinstance(row, dict) else ()
    return next((each for each in found if isinstance(each, str) and each), "Document")


def _http_date(stamp: str) -> str:
    from datetime import UTC, datetime  # noqa: PLC0415 -- a cold start needs neither
    from email.utils import format_datetime  # noqa: PLC0415 -- as above

    moment = datetime.fromisoformat(stamp)
    return format_datetime((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC), usegmt=True)
