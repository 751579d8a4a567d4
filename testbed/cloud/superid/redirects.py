"""Sending the browser back to the app (RFC 6749 sections 4.1.2 and 4.1.2.1)."""

from urllib.parse import urlencode

from starlette.responses import Response

from testbed.cloud.superid.faults import RefusedError


def answer(redirect_uri: str, state: str | None, code: str) -> Response:
    return _to(redirect_uri, {"code": code}, state)


def refusal(redirect_uri: str, state: str | None, refused: RefusedError) -> Response:
    return _to(redirect_uri, {"error": refused.refusal.value, "error_description": refused.description}, state)


def see(address: str, status: int = 303) -> Response:
    """Not Starlette's RedirectResponse, which would write the address anew; ours is ASCII already."""
    return Response(status_code=status, headers={"Location": address, "Cache-Control": "no-store"})


def _to(redirect_uri: str, parameters: dict[str, str], state: str | None) -> Response:
    carried = parameters if state is None else {**parameters, "state": state}
    return see(f"{redirect_uri}?{urlencode(carried)}", 302)
