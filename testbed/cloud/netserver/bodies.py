"""What a body must say that it is."""

from http import HTTPStatus

from starlette.requests import Request

from testbed.cloud.forms import Json, content_type, json_object_of
from testbed.cloud.netserver.faults import ApiError
from testbed.cloud.netserver.patching import JSON


async def json_body(request: Request) -> dict[str, Json]:
    """The object in it; raises ApiError 415 for another media type, BadInputError for what is no object."""
    if content_type(request.headers) != JSON:
        raise ApiError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"The body must be {JSON}")
    return await json_object_of(request)
