"""Reading what clients send: form bodies, query strings, JSON. One place, strict, and every fault has a reason."""

import json
from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request

FORM_TYPE = "application/x-www-form-urlencoded"
FIELD_LIMIT = 50

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


class BadInputError(Exception):
    """What came cannot be read; the text says why and repeats nothing of it."""


def fields(text: str) -> dict[str, str]:
    """Each name once (RFC 6749 section 3.1); empty values count as absent, as the RFC wants."""
    return {name: value for name, value in _named(text).items() if value}


def _named(text: str) -> dict[str, str]:
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=FIELD_LIMIT)
    except ValueError:
        raise BadInputError("the parameters are not readable") from None
    found: dict[str, str] = {}
    for name, value in pairs:
        if name in found:
            raise BadInputError("a parameter is repeated")
        found[name] = value
    return found


def options_of(request: Request) -> dict[str, str]:
    """The options in a query, where an empty one is a mistake."""
    found = _named(request.scope["query_string"].decode("latin-1"))
    if not all(found.values()):
        raise BadInputError("an option of the query is empty")
    return found


def query_of(request: Request) -> dict[str, str]:
    return fields(request.scope["query_string"].decode("latin-1"))


async def form_of(request: Request) -> dict[str, str]:
    if content_type(request.headers) != FORM_TYPE:
        raise BadInputError(f"the body is not {FORM_TYPE}")
    return fields((await request.body()).decode("latin-1"))


async def json_of(request: Request) -> Json:
    try:
        found: Json = json.loads(await request.body())
        # text that UTF-8 cannot carry (lone surrogates) can be neither stored nor sent back
        json.dumps(found, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        raise BadInputError("the body is not JSON") from None
    return found


async def json_object_of(request: Request) -> dict[str, Json]:
    found = await json_of(request)
    if not isinstance(found, dict):
        raise BadInputError("the body is not a JSON object")
    return found


def content_type(headers: Mapping[str, str]) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()
