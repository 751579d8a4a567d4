"""Whole numbers, in paths and in bodies."""

import re

from starlette.requests import Request

from testbed.cloud.forms import Json
from testbed.cloud.netserver.faults import bad_request


def number_in(request: Request) -> int:
    """The record's number; raises ApiError 400."""
    text = request.path_params["id"]
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise bad_request("The id must be a number")
    return int(text)


def whole(value: Json) -> int | None:
    """The number that a value is, None for another value; JSON has one kind of number, so 85.0 is 85 (RFC 8259)."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
