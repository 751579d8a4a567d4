"""Changes to part of a record: JSON Merge Patch (RFC 7396) and JSON Patch (RFC 6902), both on the carrier."""

import copy
import re
from collections.abc import Callable
from typing import Final

from testbed.cloud.forms import Json
from testbed.cloud.netserver.faults import ApiError, bad_request

MERGE_PATCH, JSON_PATCH, JSON = "application/merge-patch+json", "application/json-patch+json", "application/json"
MOST_OPERATIONS = 100
INDEX = re.compile(r"0|[1-9][0-9]{0,5}")
MISSING: Final = object()
NEEDED = {
    "add": {"value"},
    "replace": {"value"},
    "test": {"value"},
    "remove": set[str](),
    "move": {"from"},
    "copy": {"from"},
}


def merged(target: Json, patch: Json) -> Json:
    """RFC 7396 section 2; null removes."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result


def patched(document: Json, operations: Json) -> Json:
    """RFC 6902, all operations or none; raises ApiError 400 for one that cannot be done."""
    if not isinstance(operations, list) or len(operations) > MOST_OPERATIONS:
        raise bad_request(f"A JSON Patch is a list of at most {MOST_OPERATIONS} operations")
    result = copy.deepcopy(document)
    for operation in operations:
        result = _done(result, operation)
    return result


def _done(document: Json, operation: Json) -> Json:
    if not isinstance(operation, dict) or operation.get("op") not in NEEDED:
        raise bad_request("An operation of a JSON Patch has op: add, remove, replace, move, copy or test")
    op, path = str(operation["op"]), _pointer(operation.get("path"))
    if not NEEDED[op] <= operation.keys():
        raise bad_request(f"The operation {op} lacks {', '.join(NEEDED[op])}")
    match op:
        case "test":
            # True is not 1 (RFC 6902 section 4.6 compares by JSON's types)
            if not _same(_found(document, path), operation["value"]):
                raise bad_request("A test of the JSON Patch failed")
            return document
        case "add":
            return _added(document, path, operation["value"])
        case "remove":
            return _removed(document, path)
        case "replace":
            _found(document, path)
            return _added(_removed(document, path), path, operation["value"]) if path else operation["value"]
    source = _pointer(operation["from"])
    value = copy.deepcopy(_found(document, source))
    if op == "move":
        if path[: len(source)] == source and path != source:
            raise bad_request("Nothing can be moved into itself")
        document = _removed(document, source)
    return _added(document, path, value)


def _pointer(text: Json) -> list[str]:
    """RFC 6901."""
    if not isinstance(text, str) or (text and not text.startswith("/")) or re.search(r"~(?![01])", text):
        raise bad_request("A JSON Pointer is empty or begins with /")
    return [part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:]]


def _found(document: Json, path: list[str]) -> Json:
    for part in path:
        match document:
            case dict() if part in document:
                document = document[part]
            case list() if INDEX.fullmatch(part) and int(part) < len(document):
                document = document[int(part)]
            case _:
                raise _nowhere()
    return document


def _added(document: Json, path: list[str], value: Json) -> Json:
    if not path:
        return value
    parent, last = _found(document, path[:-1]), path[-1]
    match parent:
        case dict():
            parent[last] = value
        case list() if last == "-":
            parent.append(value)
        case list() if INDEX.fullmatch(last) and int(last) <= len(parent):
            parent.insert(int(last), value)
        case _:
            raise _nowhere()
    return document


def _removed(document: Json, path: list[str]) -> Json:
    if not path:
        raise bad_request("The whole record cannot be removed by a patch")
    _found(document, path)
    parent, last = _found(document, path[:-1]), path[-1]
    if isinstance(parent, dict):
        del parent[last]
    elif isinstance(parent, list):
        del parent[int(last)]
    return document


def _same(one: Json, other: Json) -> bool:
    return isinstance(one, bool) == isinstance(other, bool) and one == other


def _nowhere() -> ApiError:
    return bad_request("The JSON Patch names a place that is not there")


Patch = Callable[[Json, Json], Json]
PATCHES: dict[str, Patch] = {MERGE_PATCH: merged, JSON: merged, JSON_PATCH: patched}
