"""The options of a list as schemas: what they declare to be right is accepted, whatever of it is asked.

They describe less than there is: filters without parentheses, orders by at most two columns. The rest is in words.
"""

import re
from collections.abc import Iterator

from testbed.cloud.netserver.entities import EntityKind
from testbed.cloud.netserver.fields import Kind

Schema = dict[str, object]

WHOLE, DECIMAL, TEXT = r"[0-9]{1,6}", r"[0-9]{1,6}(\.[0-9]{1,2})?", "'[A-Za-z0-9 ]{0,12}'"
DAY = "'20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])'"
MOMENT = f"{DAY[:-1]}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]'"
COMPARED = "eq|ne|lt|le|gt|ge"
# what stands behind a column of a kind
COMPARISONS = {
    Kind.NUMBER: f"(({COMPARED}) {WHOLE}|oneOf \\({WHOLE}(,{WHOLE})?\\))",
    Kind.DECIMAL: f"({COMPARED}) {DECIMAL}",
    Kind.CHOICE: f"((eq|ne) {WHOLE}|(oneOf|notOneOf) \\({WHOLE}(,{WHOLE})?\\))",
    Kind.ASSOCIATE: f"(currentAssociate|({COMPARED}) {WHOLE})",
    Kind.TEXT: f"(is|isNot|contains|notContains|begins|notBegins) {TEXT}",
    Kind.WORD: f"(is|isNot|contains|begins) {TEXT}",
    Kind.DATE: f"(today|beforeToday|afterToday|(date|before|after) {DAY}|(beforeTime|afterTime) {MOMENT})",
    Kind.STAMP: f"((date|before|after) {DAY}|(beforeTime|afterTime) {MOMENT})",
}
LARGEST = 999_999_999


def list_options(kind: EntityKind) -> dict[str, Schema]:
    """By name; `$select` is parted by commas (style form, explode false)."""
    columns = list(kind.by_column)
    return {
        "$top": {"type": "integer", "minimum": 1, "maximum": LARGEST},
        "$skip": {"type": "integer", "minimum": 0, "maximum": LARGEST},
        "$select": {"type": "array", "items": {"type": "string", "enum": columns}, "minItems": 1},
        "$filter": {"type": "string", "pattern": _filter(kind)},
        "$orderBy": {"type": "string", "pattern": f"^({'|'.join(_orders(columns))})$"},
        "$mode": {"type": "string", "enum": ["Slim", "Full"]},
    }


def _filter(kind: EntityKind) -> str:
    by_kind: dict[Kind, list[str]] = {}
    for name, field in kind.by_column.items():
        by_kind.setdefault(field.kind, []).append(re.escape(name))
    clause = "|".join(f"({'|'.join(names)}) {COMPARISONS[each]}" for each, names in by_kind.items())
    return f"^({clause})( (and|or) ({clause}))?$"


def _orders(columns: list[str]) -> Iterator[str]:
    """No column comes twice."""
    way = "( asc| desc)?"
    for first in columns:
        others = "|".join(re.escape(each) for each in columns if each != first)
        yield f"{re.escape(first)}{way}(,({others}){way})?"
