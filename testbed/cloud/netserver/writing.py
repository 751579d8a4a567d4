"""What clients send of a record: read into columns, strictly; what is not right is refused and nothing is stored."""

from collections.abc import Callable, Mapping

from testbed.cloud.forms import Json
from testbed.cloud.netserver.choices import CHOICES
from testbed.cloud.netserver.entities import EntityKind
from testbed.cloud.netserver.faults import bad_request, not_found
from testbed.cloud.netserver.fields import Field, Kind, Shape
from testbed.cloud.netserver.filters import Value
from testbed.cloud.netserver.numbers import whole
from testbed.cloud.netserver.zones import Times

LARGEST, LARGEST_NUMBER = 1e12, 2**31
RIGHTS = frozenset({"TableRight", "FieldProperties", "SelectionType", "TargetTableName"})

# whether the caller sees a record of a kind, so that nothing is tied to what is not there
Sees = Callable[[str, int], bool]


def columns_of(kind: EntityKind, body: Mapping[str, Json], times: Times, sees: Sees) -> dict[str, Value]:
    """All columns a client may set; what is absent or null is empty. Raises ApiError 400, or 404 for a missing record.

    Properties that the server sets may be there, as clients send back what they got; they change nothing.
    """
    unknown = body.keys() - {each.property for each in kind.fields} - RIGHTS
    if unknown:
        raise bad_request(f"{kind.resource} has no property of this name")
    return {each.column: _value(each, body.get(each.property), times, sees) for each in kind.fields if each.writable}


def refuse_told(kind: EntityKind, before: Mapping[str, object], after: Mapping[str, Json]) -> None:
    """A patch that touches what only the server sets is a mistake, and is told so; raises ApiError 400."""
    for each in kind.fields:
        if not each.writable and after.get(each.property) != before.get(each.property):
            raise bad_request(f"{each.property} cannot be changed")
    if any(after.get(name) != before.get(name) for name in RIGHTS):
        raise bad_request("Rights cannot be changed here")


def _value(field: Field, given: Json, times: Times, sees: Sees) -> Value:
    if given is None:
        given = _empty(field)
    match field.shape:
        case Shape.PLAIN:
            value = _plain(field, given, times)
        case Shape.ELEMENTS:
            value = _first_element(field, given)
        case Shape.CHOICE | Shape.REFERENCE:
            value = _number_in(field, given, sees)
    if field.needed and not value:
        raise bad_request(f"{field.property} must not be empty")
    return value


def _empty(field: Field) -> Json:
    if field.shape is Shape.ELEMENTS:
        return []
    if field.shape is not Shape.PLAIN:
        return {field.identifier: 0}
    if field.kind is Kind.DECIMAL:
        return 0.0
    return field.words[0] if field.words else ""


def _plain(field: Field, given: Json, times: Times) -> Value:
    match field.kind:
        case Kind.DECIMAL:
            if isinstance(given, bool) or not isinstance(given, int | float) or not abs(given) <= LARGEST:
                raise bad_request(f"{field.property} must be a number of at most 12 digits")
            return float(given)
        case Kind.WORD:
            if given not in field.words:
                raise bad_request(f"{field.property} must be one of {', '.join(field.words)}")
            return str(given)
        case Kind.DATE:
            return _date(field, given, times)
        case _:
            return _text(field, given)


def _text(field: Field, given: Json) -> str:
    if not isinstance(given, str) or len(given) > field.limit or "\0" in given:
        raise bad_request(f"{field.property} must be a text of at most {field.limit} characters")
    return given


def _date(field: Field, given: Json, times: Times) -> str:
    if given == "":
        return ""
    try:
        return times.read(_text(field, given))
    except ValueError:
        raise bad_request(f"{field.property} must be a date as in 2026-03-01T12:00:00") from None


def _first_element(field: Field, given: Json) -> str:
    """The stand-in keeps one of each; more than one is refused rather than lost."""
    if not isinstance(given, list) or len(given) > 1:
        raise bad_request(f"{field.property} must be a list of at most one element here")
    if not given:
        return ""
    element = given[0]
    if not isinstance(element, dict) or not element.keys() <= {"Value", "StrippedValue", "Description"}:
        raise bad_request(f"{field.property} holds something that is no element")
    return _text(field, element.get("Value", ""))


def _number_in(field: Field, given: Json, sees: Sees) -> int:
    known = {field.identifier, field.label} if field.shape is Shape.CHOICE else {field.identifier}
    if not isinstance(given, dict) or not given.keys() <= known:
        raise bad_request(f"{field.property} must be an object with {field.identifier}")
    number = whole(given.get(field.identifier, 0))
    if number is None:
        raise bad_request(f"{field.identifier} must be a number")
    if not isinstance(given.get(field.label, ""), str):
        # it names the choice and changes nothing, but it is a text all the same
        raise bad_request(f"{field.label} must be a text")
    if field.choices:
        there = number in CHOICES[field.choices]
    else:
        there = 0 < number <= LARGEST_NUMBER and sees(field.refers_to, number)
    if number and not there:
        if field.refers_to:
            raise not_found(f"{field.property} id {number} not found")
        raise bad_request(f"{field.property} names something that is not there")
    return number
