"""What the tenants' databases hold: made-up companies, persons, appointments and sales, the same in every home."""

import random
import string
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from testbed.cloud.clock import timestamp
from testbed.cloud.people import Tenant

COMPANY = ("Fjell", "Nord", "Hav", "Skog", "Bre", "Vind", "Elve", "Sol", "Dal", "Kyst")
TRADE = ("bygg", "data", "kraft", "mat", "foto", "trykk", "teknikk", "transport")
FORM = ("AS", "ASA", "DA", "SA")
CATEGORY = ("Customer", "Vendor", "Partner", "Lead")
FIRST_NAME = ("Kari", "Ola", "Ingrid", "Per", "Nora", "Lars", "Signe", "Jon", "Liv", "Arne")
LAST_NAME = ("Berg", "Haugen", "Solberg", "Lie", "Bakken", "Dahl", "Nygaard", "Holm")
TITLE = ("Buyer", "Engineer", "Manager", "Accountant")
ERRAND = ("Call about the offer", "Meeting on site", "Demo", "Follow-up", "Contract review")
PLACE = ("Oslo", "Bergen", "Room 4", "Online", "At the customer's")
GOODS = ("Licences", "Support agreement", "Consulting", "Training", "Renewal")
STAGE = ("Lead", "Offer", "Negotiation", "Sold")

Cell = str | int | float
Row = dict[str, Cell]
MARKER_ALPHABET = string.ascii_lowercase + string.digits
PRIVATE_ONE_IN = 5
AMOUNTS = {"contact": 300, "person": 500, "appointment": 400, "sale": 300}


@dataclass(frozen=True, slots=True)
class Record:
    """One row of an archive; `visible_to` is the only associate who may see it, or None for everybody."""

    entity: str
    number: int
    visible_to: int | None
    updated: str
    marker: str
    row: Row


@dataclass(slots=True)
class Author:
    """Writes the rows of one tenant; the same seed writes the same rows, dated around `today`."""

    tenant: Tenant
    associates: tuple[int, ...]
    today: datetime
    dice: random.Random

    def records(self) -> Iterator[Record]:
        for entity, amount in AMOUNTS.items():
            for number in range(1, amount + 1):
                yield self._record(entity, number)

    def _record(self, entity: str, number: int) -> Record:
        marker = f"mk-{self.tenant.number}-{entity}-{number:06d}-{''.join(self.dice.choices(MARKER_ALPHABET, k=4))}"
        owner = self.associates[number // PRIVATE_ONE_IN % len(self.associates)]
        registered = self.today - timedelta(days=self.dice.randint(200, 900), seconds=self.dice.randint(0, 86_399))
        updated = self.today - timedelta(days=self.dice.randint(0, 199), seconds=self.dice.randint(60, 86_399))
        row: Row = {
            f"{entity}Id": number,
            **self._text(entity, marker),
            "associateId": owner,
            "registeredDate": timestamp(registered.timestamp()),
            "updatedDate": timestamp(updated.timestamp()),
        }
        private = number % PRIVATE_ONE_IN == 0
        return Record(entity, number, owner if private else None, str(row["updatedDate"]), marker, row)

    def _text(self, entity: str, marker: str) -> Row:
        match entity:
            case "contact":
                return self._contact(marker)
            case "person":
                return self._person(marker)
            case "appointment":
                return self._appointment(marker)
            case _:
                return self._sale(marker)

    def _contact(self, marker: str) -> Row:
        pick = self.dice.choice
        return {
            "name": f"{pick(COMPANY)}{pick(TRADE)} {pick(FORM)} {marker}",
            "department": pick(PLACE),
            "category": pick(CATEGORY),
            "orgnr": str(self.dice.randint(800_000_000, 999_999_999)),
            "phone/formattedNumber": self._phone(),
        }

    def _person(self, marker: str) -> Row:
        pick = self.dice.choice
        first, last = pick(FIRST_NAME), f"{pick(LAST_NAME)} {marker}"
        return {
            "firstName": first,
            "lastName": last,
            "fullName": f"{first} {last}",
            "title": pick(TITLE),
            "contactId": self._contact_id(),
            "phone/formattedNumber": self._phone(),
            "email/emailAddress": f"{first.lower()}.{self.dice.randint(100, 999)}@kunde.example",
        }

    def _appointment(self, marker: str) -> Row:
        start = self.today.replace(minute=0, second=0, microsecond=0) + timedelta(hours=self.dice.randint(-2400, 2400))
        return {
            "text": f"{self.dice.choice(ERRAND)} {marker}",
            "date": timestamp(start.timestamp()),
            "endDate": timestamp((start + timedelta(hours=1)).timestamp()),
            "location": self.dice.choice(PLACE),
            "contactId": self._contact_id(),
        }

    def _sale(self, marker: str) -> Row:
        sold = self.today - timedelta(days=self.dice.randint(-60, 300))
        return {
            "heading": f"{self.dice.choice(GOODS)} {marker}",
            "amount": self.dice.randint(5, 900) * 1000,
            "currency": "NOK",
            "stage": self.dice.choice(STAGE),
            "date": timestamp(sold.timestamp()),
            "contactId": self._contact_id(),
        }

    def _contact_id(self) -> int:
        return self.dice.randint(1, AMOUNTS["contact"])

    def _phone(self) -> str:
        return f"+47 {self.dice.randint(20, 99)} {self.dice.randint(10, 99)} {self.dice.randint(10, 99)} 00"


def records_of(tenant: Tenant, associates: tuple[int, ...], today: float) -> Iterator[Record]:
    """Everything a tenant starts with; a fifth of it is visible to one associate only."""
    dice = random.Random(f"rows of {tenant.context}")  # noqa: S311 -- made-up data that must repeat, not a secret
    return Author(tenant, associates, datetime.fromtimestamp(today, UTC), dice).records()
