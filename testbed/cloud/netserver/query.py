"""The query of a list: paging, columns and the delta filter (search/odata). What is not understood is refused."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

from testbed.cloud.netserver.entities import EntityKind
from testbed.cloud.netserver.faults import bad_request

# the vendor documents no page size for a list without $top
DEFAULT_TOP = 500
NUMBER = re.compile(r"[0-9]{1,9}")
AFTER = re.compile(r"\s*updatedDate\s+afterTime\s+'([^']*)'\s*")
KNOWN = frozenset({"$top", "$skip", "$select", "$filter", "$mode"})


@dataclass(frozen=True, slots=True)
class ListQuery:
    """`columns` empty: all; `updated_after`: a timestamp as the store keeps it, empty for no filter."""

    top: int = DEFAULT_TOP
    skip: int = 0
    columns: tuple[str, ...] = ()
    updated_after: str = ""

    def next(self) -> "ListQuery":
        return replace(self, skip=self.skip + self.top)

    def encoded(self) -> str:
        parameters: dict[str, str | int] = {"$top": self.top, "$skip": self.skip}
        if self.columns:
            parameters["$select"] = ",".join(self.columns)
        if self.updated_after:
            parameters["$filter"] = f"updatedDate afterTime '{self.updated_after}'"
        return urlencode(parameters, safe="$,/", quote_via=quote)


def read(parameters: Mapping[str, str], kind: EntityKind) -> ListQuery:
    """Raises ApiError for options and operators that are not modelled, rather than ignore them."""
    unknown = parameters.keys() - KNOWN
    if unknown:
        raise bad_request("Query option not supported: " + ", ".join(sorted(name[:40] for name in unknown)))
    if parameters.get("$mode", "Slim") != "Slim":
        raise bad_request("$mode must be Slim")
    return ListQuery(
        top=_number(parameters, "$top", DEFAULT_TOP),
        skip=_number(parameters, "$skip", 0),
        columns=_columns(parameters.get("$select"), kind),
        updated_after=_updated_after(parameters.get("$filter")),
    )


def _number(parameters: Mapping[str, str], name: str, absent: int) -> int:
    text = parameters.get(name)
    if text is None:
        return absent
    if not NUMBER.fullmatch(text) or (name == "$top" and int(text) == 0):
        raise bad_request(f"{name} must be a number")
    return int(text)


def _columns(text: str | None, kind: EntityKind) -> tuple[str, ...]:
    if text is None:
        return ()
    columns = tuple(name.strip() for name in text.split(","))
    if not kind.columns.issuperset(columns):
        raise bad_request(f"$select names a column that {kind.name} does not have")
    return columns


def _updated_after(text: str | None) -> str:
    if text is None:
        return ""
    clause = AFTER.fullmatch(text)
    if clause is None:
        raise bad_request("$filter not supported: only updatedDate afterTime 'YYYY-MM-DDThh:mm:ss'")
    try:
        moment = datetime.fromisoformat(clause[1])
        in_utc = moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    except (ValueError, OverflowError):
        raise bad_request("$filter holds no readable date") from None
    return in_utc.isoformat(timespec="milliseconds")
