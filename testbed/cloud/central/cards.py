"""The business-card scanner of Central Services: JPEG in, fields out.

The vendor documents neither host nor path nor body; this contract is ours. Nothing is recognised by its looks: the
fields come from the vCard or MeCard code on the card, which survives a camera, so a card without one is refused.
"""

import asyncio
import re
from collections.abc import Iterable
from http import HTTPStatus
from io import BytesIO

from PIL import Image, UnidentifiedImageError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from testbed.cloud.forms import content_type
from testbed.cloud.netserver.faults import ApiError
from testbed.cloud.superid.grants import Grants

PATH = "/v1/cards"
IMAGE_LIMIT = 10_000_000
PIXEL_LIMIT = 60_000_000
# vCard property and the field it fills (RFC 6350 section 6)
VCARD = {
    "FN": "FullName",
    "ORG": "Company",
    "TITLE": "Title",
    "EMAIL": "Email",
    "TEL": "Phone",
    "URL": "Web",
    "ADR": "Address",
}
MECARD = {"N": "FullName", "ORG": "Company", "EMAIL": "Email", "TEL": "Phone", "URL": "Web", "ADR": "Address"}


class CardScanner:
    """Only for somebody signed in: the same bearer token as the Web API's, of any tenant."""

    def __init__(self, grants: Grants) -> None:
        self._grants = grants

    def routes(self) -> list[Route]:
        return [Route(PATH, self.scan, methods=["POST"])]

    async def scan(self, request: Request) -> Response:
        signed_in(request, self._grants)
        if content_type(request.headers) != "image/jpeg":
            raise ApiError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "The body must be image/jpeg")
        fields = fields_of(await asyncio.to_thread(_texts, await request.body()))
        if not fields:
            raise ApiError(HTTPStatus.UNPROCESSABLE_ENTITY, "No business card was recognised")
        return JSONResponse({"Fields": fields}, headers={"Cache-Control": "no-store"})


def signed_in(request: Request, grants: Grants) -> tuple[str, str]:
    """Tenant and e-mail of whoever calls; raises ApiError 401 (RFC 6750 section 3)."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    grant = grants.of_access_token(token.strip()) if scheme.lower() == "bearer" else None
    if grant is None:
        raise ApiError(HTTPStatus.UNAUTHORIZED, "Authentication failed")
    return grant.tenant, grant.email


def fields_of(texts: list[str]) -> dict[str, str]:
    """The fields of the first vCard or MeCard among the codes of a picture; empty where there is none."""
    for text in texts:
        if text.upper().startswith("BEGIN:VCARD"):
            lines = re.sub(r"\r?\n[ \t]", "", text).splitlines()
            return _named((line.partition(":") for line in lines), VCARD)
        if text.upper().startswith("MECARD:"):
            return _named((part.partition(":") for part in text[len("MECARD:") :].split(";")), MECARD)
    return {}


def _named(parts: Iterable[tuple[str, str, str]], names: dict[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, _, value in parts:
        known = names.get(name.partition(";")[0].upper())
        if known and value:
            found.setdefault(known, re.sub(r"\\([,;\\])", r"\1", value).strip(";").replace(";", ", "))
    return found


def _texts(image: bytes) -> list[str]:
    """What the codes in a JPEG say; raises ApiError for what is none."""
    import zxingcpp  # noqa: PLC0415 -- only who scans needs it

    try:
        with Image.open(BytesIO(image), formats=["JPEG"]) as picture:
            if picture.width * picture.height > PIXEL_LIMIT:
                raise ApiError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The picture is too large")
            grey = picture.convert("L")
    except (UnidentifiedImageError, OSError, ValueError):
        raise ApiError(HTTPStatus.BAD_REQUEST, "The body is no JPEG") from None
    return [code.text for code in zxingcpp.read_barcodes(grey)]
