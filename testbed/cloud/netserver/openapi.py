"""The description of the Web API as OpenAPI 3.1, made from the table of its operations."""

import re
from collections.abc import Iterable
from http import HTTPStatus

from testbed.cloud.netserver.catalogue import Operation
from testbed.cloud.netserver.entities import KINDS
from testbed.cloud.netserver.options import list_options
from testbed.cloud.netserver.patching import JSON_PATCH
from testbed.cloud.netserver.preferences import Level
from testbed.cloud.netserver.schemas import SCHEMAS, Schema
from testbed.cloud.netserver.zones import BY_WORD

# what any request can meet: unreadable input, no valid token, a body that is too large
ANY = (400, 401, 413)
ERROR = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}
NUMBER: Schema = {"type": "integer", "minimum": 0, "maximum": 999_999_999}
ZONE: Schema = {"type": "string", "pattern": f"^({'|'.join(map(re.escape, BY_WORD))})(, ?includeTZOffset)?$"}
# what is no date is ignored (RFC 9110 section 13.1.3)
DATE: Schema = {"type": "string"}
# where dates come and go, besides lists and records
ZONED = frozenset({"/TimeZone/current", "/Agents/Pocket/GetPocketStartupData"})
QUERIES: dict[str, dict[str, Schema]] = {
    "Flat": {"flat": {"type": "boolean"}},
    "Value": {"value": {"type": "string"}},
}


def description(operations: Iterable[Operation], server: str) -> Schema:
    """`server` is where `/v1` begins."""
    paths: dict[str, dict[str, Schema]] = {}
    for each in operations:
        paths.setdefault(each.path, {})[each.method.lower()] = _operation(each)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "NetServer Web API, as far as a mobile client uses it",
            "version": "v1",
            "description": "The reference cloud's stand-in; paths and carriers follow the vendor's description.",
        },
        "servers": [{"url": server}],
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {"schemas": SCHEMAS, "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
    }


def statuses(operation: Operation) -> tuple[int, ...]:
    """All that the description names for it."""
    return tuple(sorted({*operation.statuses, *ANY}))


def _operation(operation: Operation) -> Schema:
    told: Schema = {
        "summary": operation.summary,
        "operationId": f"{operation.method} {operation.path}",
        "parameters": [*_in_path(operation), *_in_query(operation), *_in_headers(operation)],
        "responses": {str(status): _response(operation, status) for status in statuses(operation)},
    }
    if operation.takes.value:
        content = {kind: {"schema": _body(operation, kind)} for kind in operation.takes.value}
        told["requestBody"] = {"required": True, "content": content}
    return told


def _body(operation: Operation, kind: str) -> Schema:
    return _named(operation.body.replace("Patch", "JsonPatch") if kind == JSON_PATCH else operation.body)


def _response(operation: Operation, status: int) -> Schema:
    words = HTTPStatus(status).phrase
    if status >= HTTPStatus.BAD_REQUEST:
        return {"description": words, **ERROR}
    if status != HTTPStatus.OK:
        return {"description": words}
    kind = "application/octet-stream" if operation.gives == "Bytes" else "application/json"
    return {"description": words, "content": {kind: {"schema": _named(operation.gives)}}}


def _named(schema: str) -> Schema:
    return {"$ref": f"#/components/schemas/{schema}"}


def _in_path(operation: Operation) -> list[Schema]:
    kinds = {"id": NUMBER, "level": {"type": "string", "enum": [level.name for level in Level]}}
    return [
        {"name": name, "in": "path", "required": True, "schema": kinds.get(name, {"type": "string", "minLength": 1})}
        for name in re.findall(r"{(\w+)}", operation.path)
    ]


def _in_query(operation: Operation) -> list[Schema]:
    known = list_options(operation.lists) if operation.lists else QUERIES.get(operation.query, {})
    parted = {"style": "form", "explode": False}
    return [
        {"name": name, "in": "query", "schema": schema, **(parted if schema["type"] == "array" else {})}
        for name, schema in known.items()
    ]


def _in_headers(operation: Operation) -> list[Schema]:
    zoned = operation.lists is not None or operation.gives in KINDS or operation.path in ZONED
    known = {
        "If-Modified-Since": DATE if HTTPStatus.NOT_MODIFIED in operation.statuses else None,
        "If-Unmodified-Since": DATE if HTTPStatus.PRECONDITION_FAILED in operation.statuses else None,
        "SO-TimeZone": ZONE if zoned else None,
    }
    return [{"name": name, "in": "header", "schema": schema} for name, schema in known.items() if schema]
