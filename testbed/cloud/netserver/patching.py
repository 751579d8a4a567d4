"""Changes to part of a record: JSON Merge Patch (RFC 7396) and JSON Patch (RFC 6902), both on the carrier."""

from collections.abc import Callable
from typing import cast

from jsonpatch import InvalidJsonPatch, JsonPatch, JsonPatchException, JsonPatchTestFailed
from jsonpointer import JsonPointerException

from testbed.cloud.forms import Json
from testbed.cloud.netserver.faults import bad_request

MERGE_PATCH, JSON_PATCH, JSON = "application/merge-patch+json", "application/json-patch+json", "application/json"
MOST_OPERATIONS = 100


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
    """RFC 6902, all operations or none; raises ApiError 400 for one that cannot be done, and repeats nothing of it."""
    if not isinstance(operations, list) or len(operations) > MOST_OPERATIONS:
        raise bad_request(f"A JSON Patch is a list of at most {MOST_OPERATIONS} operations")
    try:
        # whatever is in the list: the library looks at each operation itself
        result: Json = JsonPatch(cast("list[dict[str, Json]]", operations)).apply(document)
    except JsonPatchTestFailed:
        raise bad_request("A test of the JSON Patch failed") from None
    except InvalidJsonPatch:
        raise bad_request("Something in the JSON Patch is no operation of RFC 6902") from None
    except (JsonPatchException, JsonPointerException):
        raise bad_request("The JSON Patch names a place that is not there") from None
    return result


Patch = Callable[[Json, Json], Json]
PATCHES: dict[str, Patch] = {MERGE_PATCH: merged, JSON: merged, JSON_PATCH: patched}
