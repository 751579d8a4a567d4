"""Errors of the Web API, with the documented body (rest-webapi/index.mdx)."""

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from testbed.cloud.forms import BadInputError

SOURCE = "SuperOffice.Services.Implementation"
# only SoNotFoundException is documented; the other names are assumed, and clients go by the code
TYPES = {
    HTTPStatus.UNAUTHORIZED: "SoSessionException",
    HTTPStatus.FORBIDDEN: "SoSentryException",
    HTTPStatus.NOT_FOUND: "SoNotFoundException",
    HTTPStatus.PRECONDITION_FAILED: "SoConcurrencyException",
}


class ApiError(Exception):
    """The Web API's answer to what it cannot do."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def bad_request(message: str) -> ApiError:
    return ApiError(HTTPStatus.BAD_REQUEST, message)


def forbidden(message: str) -> ApiError:
    """The vendor documents no status for what a role does not allow; 403 is assumed."""
    return ApiError(HTTPStatus.FORBIDDEN, message)


def not_found(message: str) -> ApiError:
    return ApiError(HTTPStatus.NOT_FOUND, message)


def answer(error: ApiError) -> Response:
    body = {
        "Error": True,
        "ErrorType": TYPES.get(error.status, "ArgumentException"),
        "ErrorMessage": error.message,
        "ErrorSource": SOURCE,
    }
    headers = {"WWW-Authenticate": "Bearer"} if error.status is HTTPStatus.UNAUTHORIZED else None
    return JSONResponse(body, error.status, headers)


async def answer_any(_request: Request, raised: Exception) -> Response:
    """Every trouble in the same words: ours, unreadable input, unknown paths and methods."""
    match raised:
        case ApiError():
            return answer(raised)
        case BadInputError():
            return answer(bad_request(str(raised)))
        case HTTPException():
            response = answer(ApiError(HTTPStatus(raised.status_code), raised.detail))
            response.headers.update(raised.headers or {})
            return response
    raise raised
