"""The query of a list: paging, columns, order and filter (search/odata). What is not understood is refused."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote, urlencode

from testbed.cloud.netserver import filters
from testbed.cloud.netserver.entities import EntityKind
from testbed.cloud.netserver.faults import bad_request
from testbed.cloud.netserver.fields import Field
from testbed.cloud.netserver.filters import Asker, Condition

# the vendor documents no page size for a list without $top, and no limit for one with it
DEFAULT_TOP, MOST = 500, 10_000
NUMBER = re.compile(r"[0-9]{1,9}")
KNOWN = frozenset({"$top", "$skip", "$select", "$filter", "$orderBy", "$mode"})
MODES = {"slim": False, "full": True}


@dataclass(frozen=True, slots=True)
class Order:
    column: Field
    descending: bool


@dataclass(frozen=True, slots=True)
class ListQuery:
    """`columns` empty: all; `full` with raw values and rights; `said` what the page after this one repeats."""

    top: int = DEFAULT_TOP
    skip: int = 0
    columns: tuple[Field, ...] = ()
    condition: Condition = field(default_factory=Condition)
    order: tuple[Order, ...] = ()
    full: bool = False
    said: Mapping[str, str] = field(default_factory=dict)

    def next(self) -> "ListQuery":
        return replace(self, skip=self.skip + self.top)

    def encoded(self) -> str:
        return urlencode({**self.said, "$top": self.top, "$skip": self.skip}, safe="$,/", quote_via=quote)


def read(parameters: Mapping[str, str], kind: EntityKind, asker: Asker) -> ListQuery:
    """Raises ApiError for options and operators that are not modelled, rather than ignore them."""
    unknown = parameters.keys() - KNOWN
    if unknown:
        raise bad_request("Query option not supported: " + ", ".join(sorted(name[:40] for name in unknown)))
    mode = parameters.get("$mode", "Slim").lower()
    if mode not in MODES:
        raise bad_request("$mode must be Slim or Full")
    condition = parameters.get("$filter")
    return ListQuery(
        top=min(_number(parameters, "$top", DEFAULT_TOP), MOST),
        skip=_number(parameters, "$skip", 0),
        columns=_columns(parameters.get("$select"), kind),
        condition=Condition() if condition is None else filters.read(condition, kind, asker),
        order=_order(parameters.get("$orderBy"), kind),
        full=MODES[mode],
        said={name: parameters[name] for name in ("$select", "$filter", "$orderBy", "$mode") if name in parameters},
    )


def _number(parameters: Mapping[str, str], name: str, absent: int) -> int:
    text = parameters.get(name)
    if text is None:
        return absent
    if not NUMBER.fullmatch(text) or (name == "$top" and int(text) == 0):
        raise bad_request(f"{name} must be a number")
    return int(text)


def _columns(text: str | None, kind: EntityKind) -> tuple[Field, ...]:
    names = [] if text is None else [name.strip() for name in text.split(",")]
    if not kind.by_column.keys() >= set(names):
        raise bad_request(f"$select names a column that {kind.name} does not have")
    return tuple(kind.by_column[name] for name in dict.fromkeys(names))


def _order(text: str | None, kind: EntityKind) -> tuple[Order, ...]:
    """`name desc,updatedDate`: raises ApiError 400 for a column that is not there or comes twice."""
    found: dict[str, Order] = {}
    for part in [] if text is None else text.split(","):
        name, *directions = part.split()[:3] or [""]
        if name not in kind.by_column or name in found or directions not in (["asc"], ["desc"], []):
            raise bad_request(f"$orderBy takes columns of {kind.name}, each with asc or desc or neither")
        found[name] = Order(kind.by_column[name], directions == ["desc"])
    return tuple(found.values())
