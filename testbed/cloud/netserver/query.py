"""The query of a list: paging, columns, order and filter (search/odata). What is not understood is refused."""

import base64
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from testbed.cloud.netserver import filters
from testbed.cloud.netserver.entities import EntityKind
from testbed.cloud.netserver.faults import bad_request
from testbed.cloud.netserver.fields import Field
from testbed.cloud.netserver.filters import Asker, Condition, Value

# the vendor documents no page size for a list without $top, and no limit for one with it
DEFAULT_TOP, MOST = 500, 10_000
NUMBER, LARGEST = re.compile(r"[0-9]{1,9}"), 2**63
KNOWN = frozenset({"$top", "$skip", "$skiptoken", "$select", "$filter", "$orderBy", "$mode"})
MODES = {"slim": False, "full": True}


@dataclass(frozen=True, slots=True)
class Order:
    column: Field
    descending: bool


@dataclass(frozen=True, slots=True)
class ListQuery:
    """`columns` empty: all; `full` with raw values and rights; `said` what the page after this one repeats.

    `after` are the values of the last row of the page before this one, in the columns that the order goes by.
    """

    top: int = DEFAULT_TOP
    skip: int = 0
    after: tuple[Value, ...] = ()
    columns: tuple[Field, ...] = ()
    condition: Condition = field(default_factory=Condition)
    order: tuple[Order, ...] = ()
    full: bool = False
    said: Mapping[str, str] = field(default_factory=dict)

    def next(self, last: Sequence[Value]) -> str:
        """The query of the page that begins behind a row, so that rows which come or go meanwhile move nothing."""
        token = base64.urlsafe_b64encode(json.dumps(last, ensure_ascii=False).encode()).decode().rstrip("=")
        return urlencode({**self.said, "$top": self.top, "$skiptoken": token}, safe="$,/", quote_via=quote)


def read(parameters: Mapping[str, str], kind: EntityKind, asker: Asker) -> ListQuery:
    """Raises ApiError for options and operators that are not modelled, rather than ignore them."""
    unknown = parameters.keys() - KNOWN
    if unknown:
        raise bad_request("Query option not supported: " + ", ".join(sorted(name[:40] for name in unknown)))
    mode = parameters.get("$mode", "Slim").lower()
    if mode not in MODES:
        raise bad_request("$mode must be Slim or Full")
    condition = parameters.get("$filter")
    order = _order(parameters.get("$orderBy"), kind)
    return ListQuery(
        after=_after(parameters.get("$skiptoken"), len(order) + len(keys(kind))),
        top=min(_number(parameters, "$top", DEFAULT_TOP), MOST),
        skip=_number(parameters, "$skip", 0),
        columns=_columns(parameters.get("$select"), kind),
        condition=Condition() if condition is None else filters.read(condition, kind, asker),
        order=order,
        full=MODES[mode],
        said={name: parameters[name] for name in ("$select", "$filter", "$orderBy", "$mode") if name in parameters},
    )


def keys(kind: EntityKind) -> tuple[str, ...]:
    """The columns, as they are stored, that tell all rows apart: every order ends with them."""
    return ("id", "recordType") if kind.name == "activity" else ("id",)


def _after(token: str | None, amount: int) -> tuple[Value, ...]:
    """What `ListQuery.next` wrote; raises ApiError 400 for anything else."""
    if token is None:
        return ()
    try:
        values = json.loads(base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True))
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, list) or len(values) != amount or not all(map(_is_value, values)):
        raise bad_request("$skiptoken is not one of this list's")
    return tuple(values)


def _is_value(value: object) -> bool:
    """Text that UTF-8 can carry, or a number that the store can hold."""
    if isinstance(value, str):
        return value.encode(errors="replace").decode() == value
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < LARGEST


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
