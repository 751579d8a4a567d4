"""Numbers in paths."""

import re

from starlette.requests import Request

from testbed.cloud.netserver.faults import bad_request


def number_in(request: Request) -> int:
    """The record's number; raises ApiError 400."""
    text = request.path_params["id"]
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise bad_request("The id must be a number")
    return int(text)
