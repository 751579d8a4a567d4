"""How records are written down: a line of a list, slim or full, and a record alone."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from sqlite3 import Row

from testbed.cloud.netserver.caller import Caller
from testbed.cloud.netserver.choices import display
from testbed.cloud.netserver.entities import KINDS, EntityKind
from testbed.cloud.netserver.fields import Field, Kind, Shape
from testbed.cloud.netserver.zones import Times
from testbed.cloud.roles import FULL, Role

Stored = Mapping[str, str | int | float | None]
Writer = Callable[[object], object]
# made once: json.dumps makes an encoder for each call that wants it so
TO_JSON = json.JSONEncoder(ensure_ascii=False).encode
# rights to a single field, as far as they differ: what the server sets, nobody may change
SETTABLE, TOLD = "FULL", "Select"
TYPES = {
    Kind.NUMBER: "Integer",
    Kind.CHOICE: "Integer",
    Kind.ASSOCIATE: "Integer",
    Kind.DECIMAL: "Double",
    Kind.DATE: "DateTime",
    Kind.STAMP: "DateTime",
}


def slim(kind: EntityKind, columns: Sequence[Field], times: Times) -> Callable[[Row], dict[str, object]]:
    """Writes lines with what columns show; `columns` empty: all."""
    chosen = [(each.column, _place(kind, each), _shown(each, times)) for each in columns or kind.fields]
    mixed = kind.name == "activity"

    def write(row: Row) -> dict[str, object]:
        line: dict[str, object] = {
            "PrimaryKey": str(row["id"]),
            "EntityName": row["recordType"] if mixed else kind.name,
        }
        for name, place, shown in chosen:
            value = row[place]
            line[name] = shown(value) if shown else value
        return line

    return write


def full(
    kind: EntityKind, columns: Sequence[Field], times: Times, caller: Caller
) -> Callable[[Row], dict[str, object]]:
    """Writes lines with raw and shown values and the rights to the record (odata/using-filters.md)."""
    chosen = [(each, _place(kind, each), _shown(each, times), _raw(each, times)) for each in columns or kind.fields]

    def write(row: Row) -> dict[str, object]:
        entity = str(row["recordType"]) if kind.name == "activity" else kind.name
        hint = f"{{{entity}_id={row['id']}}}"
        return {
            "PrimaryKey": str(row["id"]),
            "EntityName": entity,
            "StyleHint": "",
            "LinkHint": f"nav={entity}&{entity}_id={row['id']}",
            "TableRight": table_right(caller.role, entity),
            "Column": {
                each.column: {
                    "RawValue": raw(row[place]) if raw else row[place],
                    "DisplayValue": str(shown(row[place]) if shown else row[place]),
                    "LinkHint": "",
                    "TooltipHint": hint,
                }
                for each, place, shown, raw in chosen
            },
        }

    return write


def carrier(kind: EntityKind, row: Stored, times: Times, caller: Caller) -> dict[str, object]:
    """Rights travel with each record, since clients hide buttons by them."""
    return {**_values(kind, row, times), **_rights(kind, caller.role)}


def carrier_text(kind: EntityKind, row: Stored, times: Times, caller: Caller) -> str:
    """The same as JSON; rights are the same for all records of a kind, so they are written once a role."""
    values = TO_JSON(_values(kind, row, times))
    return f"{values[:-1]}, {_rights_text(kind.resource, caller.role)[1:]}"


def _values(kind: EntityKind, row: Stored, times: Times) -> dict[str, object]:
    return {name: write(row[place]) if write else row[place] for name, place, write in _columns(kind.resource, times)}


@lru_cache(maxsize=200)
def _columns(resource: str, times: Times) -> tuple[tuple[str, str, Writer | None], ...]:
    """Property, place in the row, and how the one is made of the other (None: it is the value itself)."""
    kind = KINDS[resource]
    return tuple((each.property, _place(kind, each), _alone(each, times)) for each in kind.fields)


def _rights(kind: EntityKind, role: Role) -> dict[str, object]:
    of_kind = {"SelectionType": "Static", "TargetTableName": "contact"} if kind.name == "selection" else {}
    return {**of_kind, "TableRight": table_right(role, kind.name), "FieldProperties": field_properties(kind, role)}


def _rights_text(resource: str, role: Role) -> str:
    return _rights_of(resource, role.name, tuple(sorted(role.rights.items())))


@lru_cache(maxsize=200)
def _rights_of(resource: str, role: str, rights: tuple[tuple[str, str], ...]) -> str:
    return json.dumps(_rights(KINDS[resource], Role(role, dict(rights))))


def table_right(role: Role, entity: str) -> dict[str, str]:
    mask = role.mask(entity)
    return {"Mask": mask, "Reason": "" if mask == FULL else f"The role {role.name} gives no more"}


def field_properties(kind: EntityKind, role: Role) -> dict[str, object]:
    changeable = kind.mobile and role.allows(kind.name, "Update")
    return {
        each.property: {
            "FieldRight": {"Mask": SETTABLE if changeable and each.writable else TOLD, "Reason": ""},
            "FieldType": TYPES.get(each.kind, "String"),
            "FieldLength": each.limit if each.kind is Kind.TEXT else 0,
        }
        for each in kind.fields
    }


def _place(kind: EntityKind, field: Field) -> str:
    return "id" if field.column == kind.key else field.column


def _shown(field: Field, times: Times) -> Writer | None:
    """What a column shows of a value; None where that is the value itself."""
    if field.kind is Kind.CHOICE:
        return lambda value: display(field.choices, int(str(value)))
    return _raw(field, times)


def _raw(field: Field, times: Times) -> Writer | None:
    if field.kind is Kind.DATE and not times.plain:
        return lambda value: times.out(str(value))
    if field.kind is Kind.STAMP and times.offset:
        return lambda value: times.stamp_out(str(value))
    return None


def _alone(field: Field, times: Times) -> Writer | None:
    match field.shape:
        case Shape.PLAIN:
            return _raw(field, times)
        case Shape.CHOICE:
            return lambda value: {field.identifier: value, field.label: display(field.choices, int(str(value)))}
        case Shape.REFERENCE:
            return lambda value: {field.identifier: value}
        case Shape.ELEMENTS:
            return lambda value: [{"Value": value}] if value else []
