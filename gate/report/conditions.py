"""What figures depend on, said once for a phone where it is the same for all of them."""

from collections.abc import Mapping, Sequence
from typing import Any

type Conditions = Mapping[str, Any]


def shared(rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Conditions]:
    """By phone, where it has more than one figure; what was not measured has no conditions."""
    found: dict[str, Conditions] = {}
    for phone in dict.fromkeys(row["phone"] for row in rows):
        told = [row["conditions"] for row in rows if row["phone"] == phone and row["conditions"]]
        if len(told) > 1:
            found[phone] = {
                name: value for name, value in told[0].items() if all(_says(one, name, value) for one in told)
            }
    return found


def own(row: Mapping[str, Any], common: Mapping[str, Conditions]) -> Conditions:
    """What of a figure's conditions is not said for all of its phone."""
    said = common.get(row["phone"], {})
    return {name: value for name, value in row["conditions"].items() if name not in said}


def _says(conditions: Conditions, name: str, value: object) -> bool:
    return name in conditions and conditions[name] == value
