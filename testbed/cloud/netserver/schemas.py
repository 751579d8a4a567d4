"""The JSON schemas that the description of the Web API names; those of records are made from their fields."""

from collections.abc import Mapping
from typing import Any

from testbed.cloud.central.devices import FIELDS, HANDLE, NEEDED, TAG, TEXT_LIMIT, Platform
from testbed.cloud.netserver.agents import LONGEST
from testbed.cloud.netserver.choices import CHOICES
from testbed.cloud.netserver.entities import KINDS, EntityKind
from testbed.cloud.netserver.fields import Field, Kind, Shape
from testbed.cloud.netserver.patching import MOST_OPERATIONS
from testbed.cloud.netserver.preferences import Level
from testbed.cloud.netserver.writing import LARGEST, LARGEST_NUMBER

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
# what a client sends: any text but one with the sign that ends texts
SENT: Schema = {"type": "string", "pattern": "^[^\\u0000]*$"}
NUMBER: Schema = {"type": "integer"}
ANYTHING: Schema = {"type": "object"}
# a date of the calendar (but for the 29th of February) with a time, as the vendor writes it, perhaps with its zone
DAY = r"(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31"
TIME = r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{3})?([+-](0[0-9]|1[0-4])[0-5][0-9])?"
MOMENT: Schema = {"type": "string", "pattern": f"^(19|20)[0-9]{{2}}-({DAY})T{TIME}$"}
DATE: Schema = {"type": "string", "pattern": f"^((19|20)[0-9]{{2}}-({DAY})T{TIME})?$"}
SHORT: Schema = {"type": "string", "maxLength": LONGEST}
TAGS: Schema = {"type": "string", "maxLength": LONGEST, "pattern": f"^(({TAG.pattern})(,({TAG.pattern}))*)?$"}
RIGHT: Schema = {"type": "object", "required": ["Mask", "Reason"], "properties": {"Mask": TEXT, "Reason": TEXT}}


def _object(properties: Mapping[str, Schema], needed: tuple[str, ...] = (), *, closed: bool = True) -> Schema:
    schema: Schema = {"type": "object", "properties": dict(properties), "additionalProperties": not closed}
    return {**schema, "required": list(needed)} if needed else schema


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _value(field: Field) -> Schema:
    match field.shape:
        case Shape.CHOICE:
            numbers = [0, *CHOICES[field.choices]]
            return _object({field.identifier: {**NUMBER, "enum": numbers}, field.label: TEXT})
        case Shape.REFERENCE:
            return _object({field.identifier: {**NUMBER, "minimum": 0, "maximum": LARGEST_NUMBER}})
        case Shape.ELEMENTS:
            return {**_list(_object({"Value": {**SENT, "maxLength": field.limit}})), "maxItems": 1}
        case Shape.PLAIN:
            return _plain(field)


def _plain(field: Field) -> Schema:
    match field.kind:
        case Kind.NUMBER:
            return NUMBER
        case Kind.DECIMAL:
            return {"type": "number", "minimum": -LARGEST, "maximum": LARGEST}
        case Kind.WORD:
            return {"type": "string", "enum": list(field.words)}
        case Kind.TEXT:
            return {**SENT, "maxLength": field.limit if field.writable else 2 * field.limit + 1}
        case Kind.DATE:
            return DATE
        case _:
            return TEXT


def _record(kind: EntityKind) -> Schema:
    """A date that is told may have an offset with seconds, as places had before they agreed on zones."""
    values = {each.property: TEXT if each.kind is Kind.DATE else _value(each) for each in kind.fields}
    rights = {"TableRight": RIGHT, "FieldProperties": ANYTHING, "SelectionType": TEXT, "TargetTableName": TEXT}
    return _object({**values, **rights}, (*values, "TableRight", "FieldProperties"))


def _body(kind: EntityKind) -> Schema:
    """Null empties a value, but for those that must not be empty."""
    values = {each.property: _needed(each) if each.needed else _or_null(_value(each)) for each in _writable(kind)}
    return _object(values, tuple(each.property for each in kind.fields if each.needed))


def _patch(kind: EntityKind) -> Schema:
    """As above, and null removes what is in a value (RFC 7396)."""
    return _object({each.property: _needed(each) if each.needed else _or_null(_part(each)) for each in _writable(kind)})


def _json_patch(kind: EntityKind) -> Schema:
    """The operations that any value will do for; the others of RFC 6902 are taken where they can be done."""
    values = {each.property: _needed(each) if each.needed else _value(each) for each in _writable(kind)}
    operations = [
        _object(
            {"op": {"type": "string", "enum": ["add", "replace"]}, "path": {"const": f"/{name}"}, "value": value},
            ("op", "path", "value"),
        )
        for name, value in values.items()
    ]
    return {"type": "array", "items": {"anyOf": operations}, "maxItems": MOST_OPERATIONS}


def _part(field: Field) -> Schema:
    whole = _value(field)
    parts = {name: _or_null(schema) for name, schema in whole.get("properties", {}).items()}
    return {**whole, "properties": parts} if parts else whole


def _writable(kind: EntityKind) -> tuple[Field, ...]:
    return tuple(each for each in kind.fields if each.writable)


def _needed(field: Field) -> Schema:
    return MOMENT if field.kind is Kind.DATE else {**_value(field), "minLength": 1}


def _asked(properties: Mapping[str, Schema]) -> Schema:
    return _object({name: _or_null(schema) for name, schema in properties.items()})


ITEM = _object({"Id": NUMBER, "Name": TEXT}, ("Id", "Name"), closed=False)
CALLER = _object(
    {
        **dict.fromkeys(("PhoneNumber", "DialInPrefix", "PersonId", "ContactId"), NUMBER),
        **dict.fromkeys(("PersonName", "Mrmrs", "ContactName"), TEXT),
    },
    ("PhoneNumber", "DialInPrefix", "PersonId", "PersonName", "ContactId", "ContactName"),
)
PREFERENCE = _object(
    {
        "Level": {"type": "string", "enum": [level.name for level in Level]},
        "RawValue": TEXT,
        "Specification": _object({"Section": TEXT, "Key": TEXT}, ("Section", "Key")),
        "DisplayValue": TEXT,
        "DisplayTooltip": TEXT,
        "DisplayType": TEXT,
    },
    ("Level", "RawValue", "Specification", "DisplayType"),
)
DEVICE = _object(
    {
        **{name: {"type": "string", "minLength": 1, "maxLength": TEXT_LIMIT} for name in FIELDS},
        "PNSHandle": {"type": "string", "pattern": f"^{HANDLE.pattern}$"},
        "Platform": {"type": "string", "enum": [each.value for each in Platform]},
    },
    tuple(sorted(NEEDED)),
)
ZONE = _object({"TZLocationID": NUMBER, "TZLocationCode": TEXT}, ("TZLocationID", "TZLocationCode"), closed=False)
STARTUP = (
    *("TableRights", "PhoneLocaleTimeZoneData", "BaseLocaleTimeZoneData", "OverdueSalesCount", "NotificationsCount"),
    *("SystemWebPanels", "PocketPreferences", "IsPushNotificationEnabled", "CustomData"),
)
LINE = _object({"PrimaryKey": TEXT, "EntityName": TEXT}, ("PrimaryKey", "EntityName"), closed=False)
SCHEMAS: Schema = {
    "Error": _object(
        {"Error": {"const": True}, **dict.fromkeys(("ErrorType", "ErrorMessage", "ErrorSource"), TEXT)},
        ("Error", "ErrorType", "ErrorMessage", "ErrorSource"),
    ),
    "Page": _object(
        {"odata.metadata": _or_null(TEXT), "odata.nextLink": _or_null(TEXT), "value": _list(LINE)},
        ("odata.metadata", "odata.nextLink", "value"),
    ),
    "Bytes": {"type": "string", "format": "binary"},
    "Number": NUMBER,
    "Text": TEXT,
    "TextOrNull": _or_null(TEXT),
    "Texts": _list(TEXT),
    "Nothing": {"type": "null"},
    "Items": _list(ITEM),
    "Preference": PREFERENCE,
    "Preferences": _list(PREFERENCE),
    "Principal": _object({"AssociateId": NUMBER, "UserName": TEXT}, ("AssociateId", "UserName"), closed=False),
    "TimeZone": ZONE,
    "Startup": _object({key: {} for key in STARTUP}, STARTUP),
    "CallerIds": _or_null(
        _object({"CallerIDHash": TEXT, "CallerIDs": _list(CALLER)}, ("CallerIDHash", "CallerIDs")),
    ),
    "Devices": _or_null(_list(DEVICE)),
    "PreferenceBody": _object({"RawValue": TEXT, "Level": {"type": "string"}}, ("RawValue",)),
    # what the agent's calls take
    "GetPocketStartupData": _asked({"Tables": {**_list(TEXT), "maxItems": 100}, "CurrentClientTime": DATE}),
    "GetMyCallerIDs": _asked({"LastHash": SHORT, "MinDate": DATE, "MaxDate": DATE}),
    "GetCallerIDsFromSelection": _object(
        {"SelectionId": {**NUMBER, "minimum": 0, "maximum": LARGEST_NUMBER - 1}, "LastHash": _or_null(SHORT)},
        ("SelectionId",),
    ),
    "RegisterDeviceForPushNotification": _object({"DeviceInfo": DEVICE}, ("DeviceInfo",)),
    "GetRegisteredDevices": _object({"AssociateId": NUMBER}),
    "SetPushNotificationTagsForDevice": _object(
        {"DeviceIdentifier": SHORT, "Tags": _or_null(TAGS)}, ("DeviceIdentifier",)
    ),
    "GetPushNotificationTagsForDevice": _object({"DeviceIdentifier": SHORT}, ("DeviceIdentifier",)),
    **{name: _record(kind) for name, kind in KINDS.items()},
    **{f"{name}Body": _body(kind) for name, kind in KINDS.items() if kind.mobile},
    **{f"{name}JsonPatch": _json_patch(kind) for name, kind in KINDS.items() if kind.mobile},
    **{f"{name}Patch": _patch(kind) for name, kind in KINDS.items() if kind.mobile},
}
