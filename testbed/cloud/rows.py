"""What the tenants' databases hold: made-up companies and all that belongs to them, the same in every home.

A million rows are wanted in seconds, so each row takes one draw of 128 bits and cuts what it needs from it.
"""

import random
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache

from testbed.cloud.people import Tenant

COMPANY = ("Fjell", "Nord", "Hav", "Skog", "Bre", "Vind", "Elve", "Sol", "Dal", "Kyst")
TRADE = ("bygg", "data", "kraft", "mat", "foto", "trykk", "teknikk", "transport")
FORM = ("AS", "ASA", "DA", "SA")
FIRST_NAME = ("Kari", "Ola", "Ingrid", "Per", "Nora", "Lars", "Signe", "Jon", "Liv", "Arne")
LAST_NAME = ("Berg", "Haugen", "Solberg", "Lie", "Bakken", "Dahl", "Nygaard", "Holm")
TITLE = ("Buyer", "Engineer", "Manager", "Accountant")
ERRAND = ("Call about the offer", "Meeting on site", "Demo", "Follow-up", "Contract review")
PLACE = ("Oslo", "Bergen", "Room 4", "Online", "At the customer's")
GOODS = ("Licences", "Support agreement", "Consulting", "Training", "Renewal")
UNDERTAKING = ("Roll-out", "Move", "Fair", "New office", "Upgrade")
PAPER = ("Offer", "Contract", "Minutes", "Report")
GROUP = ("Newsletter", "Autumn event", "Key accounts", "To be called")
STATUS = ("Open", "Open", "Sold", "Lost", "Stalled")
COMPLETED = ("NotStarted", "Started", "Completed")
INVITATION_ONE_IN = 16

MARKER_ALPHABET = string.ascii_lowercase + string.digits
PRIVATE_ONE_IN = 5
# how a tenant of the usual size is made up; others in proportion
AMOUNTS = {
    "contact": 300,
    "person": 500,
    "appointment": 400,
    "sale": 300,
    "project": 60,
    "document": 80,
    "selection": 10,
}
USUAL, FEWEST, MOST = sum(AMOUNTS.values()), 100, 1_000_000
CONTENT = "content"

Cell = str | int | float | None
Row = dict[str, Cell]
Values = tuple[Cell, ...]


def amounts(rows: int) -> dict[str, int]:
    """How many of each kind a tenant of so many rows has; at least one, and companies make up for the rounding."""
    others = {entity: max(1, rows * usual // USUAL) for entity, usual in AMOUNTS.items() if entity != "contact"}
    return {"contact": rows - sum(others.values()), **others}


class Draw:
    """One row's chance: bits cut off a long random number, from the low end."""

    __slots__ = ("left",)

    def __init__(self, left: int) -> None:
        self.left = left

    def below(self, limit: int) -> int:
        self.left, chosen = divmod(self.left, limit)
        return chosen

    def of(self, choices: tuple[str, ...]) -> str:
        self.left, chosen = divmod(self.left, len(choices))
        return choices[chosen]


@dataclass(slots=True)
class Author:
    """Writes the rows of one tenant; the same seed writes the same rows, dated around `today`."""

    tenant: Tenant
    associates: tuple[int, ...]
    today: datetime
    amounts: dict[str, int]
    _days: list[str] = field(init=False)
    _clock: list[str] = field(init=False)

    def __post_init__(self) -> None:
        first = self.today - timedelta(days=FARTHEST_DAY)
        self._days = [f"{first.date() + timedelta(days=day)}T" for day in range(2 * FARTHEST_DAY)]
        self._clock = _clock()

    def rows(self, entity: str) -> Iterator[Values]:
        """The number and then the columns of tables.Table, in their order."""
        # a kind at a time, so that a tenant's first companies do not depend on how many persons it has
        dice = random.Random(f"{entity} of {self.tenant.context}")  # noqa: S311 -- made-up data that must repeat
        bits, write = dice.getrandbits, self._writers()[entity]
        head, owners = f"mk-{self.tenant.number}-{entity}-", self.associates
        for number in range(1, self.amounts[entity] + 1):
            draw = Draw(bits(192))
            owner = owners[number // PRIVATE_ONE_IN % len(owners)]
            marker = f"{head}{number:06d}-{_suffix(draw)}"
            private = number % PRIVATE_ONE_IN == 0
            registered, updated = self._past(draw, 200, 700), self._past(draw, 1, 199)
            own = write(draw, number, marker)
            yield (number, owner if private else None, marker, *own, owner, registered, updated)

    def _writers(self) -> dict[str, Callable[[Draw, int, str], Values]]:
        return {
            "contact": self._contact,
            "person": self._person,
            "appointment": self._appointment,
            "sale": self._sale,
            "project": self._project,
            "document": self._document,
            "selection": self._selection,
        }

    def _contact(self, draw: Draw, number: int, marker: str) -> Values:
        name = f"{draw.of(COMPANY)}{draw.of(TRADE)}"
        return (
            f"{name} {draw.of(FORM)} {marker}",
            draw.of(PLACE),
            str(10_000 + number),
            str(800_000_000 + draw.below(200_000_000)),
            1 + draw.below(4),
            1 + draw.below(5),
            1 + draw.below(3),
            _phone(draw),
            f"post.{number}@{name.lower()}.example",
        )

    def _person(self, draw: Draw, _number: int, marker: str) -> Values:
        first, last = draw.of(FIRST_NAME), f"{draw.of(LAST_NAME)} {marker}"
        email = f"{first.lower()}.{100 + draw.below(900)}@kunde.example"
        return first, last, f"{first} {last}", draw.of(TITLE), self._any("contact", draw), _phone(draw), email

    def _appointment(self, draw: Draw, number: int, marker: str) -> Values:
        day, hour = FARTHEST_DAY + draw.below(200) - 100, draw.below(23)
        return (
            f"{draw.of(ERRAND)} {marker}",
            self._days[day] + self._clock[hour * 3600],
            self._days[day] + self._clock[(hour + 1) * 3600],
            draw.of(PLACE),
            1 + draw.below(4),
            self._any("contact", draw),
            self._any("person", draw),
            draw.of(COMPLETED),
            "Invitation" if number % INVITATION_ONE_IN == 0 else "None",
        )

    def _sale(self, draw: Draw, _number: int, marker: str) -> Values:
        return (
            f"{draw.of(GOODS)} {marker}",
            (5 + draw.below(896)) * 1000.0,
            1 + draw.below(2),
            1 + draw.below(4),
            draw.of(STATUS),
            self._days[FARTHEST_DAY + 60 - draw.below(360)] + self._clock[0],
            self._any("contact", draw),
            self._any("person", draw),
        )

    def _project(self, draw: Draw, number: int, marker: str) -> Values:
        return (
            f"{draw.of(UNDERTAKING)} {marker}",
            str(50_000 + number),
            f"{draw.of(UNDERTAKING)} in {draw.of(PLACE)}",
            1 + draw.below(3),
            1 + draw.below(4),
            self._days[FARTHEST_DAY + draw.below(300)] + self._clock[0],
            self._any("contact", draw),
        )

    def _document(self, draw: Draw, number: int, marker: str) -> Values:
        paper = draw.of(PAPER)
        return (
            f"{paper} {marker}",
            f"{paper.lower()}-{number}.txt",
            f"{paper} for {draw.of(GOODS).lower()}",
            self._days[FARTHEST_DAY - draw.below(300)] + self._clock[0],
            1 + draw.below(4),
            self._any("contact", draw),
            self._any("person", draw),
            f"mk-{self.tenant.number}-{CONTENT}-{number:06d}-{_suffix(draw)}",
        )

    def _selection(self, draw: Draw, number: int, marker: str) -> Values:
        divisor = self.amounts["selection"]
        rest = number % divisor
        members = len(range(rest or divisor, self.amounts["contact"] + 1, divisor))
        return f"{draw.of(GROUP)} {marker}", "", 1 + draw.below(2), members, divisor, rest

    def _any(self, entity: str, draw: Draw) -> int:
        return 1 + draw.below(self.amounts[entity])

    def _past(self, draw: Draw, least: int, spread: int) -> str:
        return self._days[FARTHEST_DAY - least - draw.below(spread)] + self._clock[draw.below(86_400)]


FARTHEST_DAY = 1000


@cache
def _clock() -> list[str]:
    """Every second of a day as dates end."""
    return [f"{s // 3600:02}:{s // 60 % 60:02}:{s % 60:02}.000" for s in range(86_400)]


def _suffix(draw: Draw) -> str:
    a = MARKER_ALPHABET
    size = len(a)
    return a[draw.below(size)] + a[draw.below(size)] + a[draw.below(size)] + a[draw.below(size)]


def _phone(draw: Draw) -> str:
    return f"+47 {20 + draw.below(80)} {10 + draw.below(90)} {10 + draw.below(90)} 00"


def author(tenant: Tenant, associates: tuple[int, ...], today: float, rows: int) -> Author:
    """Of all that a tenant of so many rows starts with; a fifth of it is visible to one associate only."""
    return Author(tenant, associates, datetime.fromtimestamp(today, UTC), amounts(rows))
