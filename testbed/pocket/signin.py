"""Sign-in in the phone's browser: OAuth 2.0 for Native Apps (RFC 8252) with PKCE (RFC 7636) and OpenID Connect."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

from .configuration import trusted
from .network import Network
from .state import Identity
from .tokens import Session
from .trouble import Refused

CLIENT: Final = "pocket-mobile"
REDIRECT: Final = "test.superoffice.pocket:/signed-in"
CLAIM: Final = "http://schemes.superoffice.net/identity/"
TOKENS: Final = "/login/common/oauth/tokens"
DISCOVERY: Final = "/login/.well-known/openid-configuration"
BYTES: Final = 32


class Ignored(Exception):  # noqa: N818 -- what is done with the response
    """A response that belongs to no sign-in of ours; the one under way goes on."""


class Denied(Exception):  # noqa: N818 -- the server's word
    """The server ended the sign-in without a code."""


@dataclass(frozen=True, slots=True, repr=False)
class Attempt:
    """One sign-in under way; everything in it is used once."""

    super_id: str
    state: str
    nonce: str
    verifier: str


def attempt(super_id: str) -> Attempt:
    return Attempt(super_id, *(secrets.token_urlsafe(BYTES) for _ in range(3)))


def address(of: Attempt, *, ask_password: bool) -> str:
    """Return the page to open; `ask_password` makes the service ask even where the browser has a session."""
    digest = hashlib.sha256(of.verifier.encode()).digest()
    query = {
        "client_id": CLIENT,
        "response_type": "code",
        "scope": "openid",
        "redirect_uri": REDIRECT,
        "state": of.state,
        "nonce": of.nonce,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    return (
        f"{of.super_id}/login/common/oauth/authorize?{urlencode(query | ({'prompt': 'login'} if ask_password else {}))}"
    )


def code(response: str, of: Attempt | None) -> str:
    """Return the code of the response to an attempt; raises Ignored or Denied (RFC 6749 §4.1.2, RFC 8252 §8.9)."""
    try:
        values = parse_qs(urlsplit(response).query)
    except ValueError:
        raise Ignored("address") from None
    state = values.get("state", [])
    if of is None or len(state) != 1 or not hmac.compare_digest(state[0].encode(), of.state.encode()):
        raise Ignored("state")
    if "error" in values:
        raise Denied(values["error"][0])
    if len(values.get("code", [])) != 1:
        raise Ignored("code")
    return values["code"][0]


def redeem(network: Network, of: Attempt, with_code: str, now: float) -> Session:
    """Change a code for a verified session; raises Trouble."""
    answer = network.send(
        "POST",
        f"{of.super_id}{TOKENS}",
        data={
            "grant_type": "authorization_code",
            "client_id": CLIENT,
            "code": with_code,
            "redirect_uri": REDIRECT,
            "code_verifier": of.verifier,
        },
    )
    if not answer.is_success:
        raise Refused(f"The sign-in was refused ({answer.status_code}).")
    try:
        tokens = answer.json()
        return session(tokens, verified(network, of, tokens["id_token"], now))
    except (ValueError, KeyError, TypeError):
        raise Refused("The sign-in was answered with something that cannot be read.") from None


def revoke(network: Network, super_id: str, token: str) -> None:
    """End a refresh token at the service (RFC 7009), where its discovery document says; raises Trouble.

    That there is such an endpoint is documented, its place is not.
    """
    try:
        address = str(network.send("GET", f"{super_id}{DISCOVERY}").json()["revocation_endpoint"])
    except (ValueError, KeyError, TypeError):
        raise Refused("The session could not be ended at the sign-in service.") from None
    if not trusted(address):
        raise Refused("The sign-in service names a host that is not trusted.")
    form = {"client_id": CLIENT, "token": token, "token_type_hint": "refresh_token"}
    answer = network.send("POST", address, data=form)
    if not answer.is_success:
        raise Refused(f"The session could not be ended at the sign-in service ({answer.status_code}).")


def verified(network: Network, of: Attempt, id_token: str, now: float) -> Mapping[str, object]:
    """Return the claims of an ID token that this service issued for this attempt (OpenID Connect Core 3.1.3.7)."""
    from joserfc import jwt  # noqa: PLC0415 -- only a sign-in needs it
    from joserfc.errors import JoseError  # noqa: PLC0415 -- as above
    from joserfc.jwk import KeySet  # noqa: PLC0415 -- as above

    keys = KeySet.import_key_set(network.send("GET", f"{of.super_id}/login/.well-known/jwks").json())
    rules = jwt.JWTClaimsRegistry(
        now=int(now),
        leeway=60,
        iss={"essential": True, "value": of.super_id},
        aud={"essential": True, "value": CLIENT},
        nonce={"essential": True, "value": of.nonce},
        exp={"essential": True},
        sub={"essential": True},
    )
    try:
        token = jwt.decode(id_token, keys, algorithms=["RS256"])
        rules.validate(token.claims)
    except JoseError as error:
        raise Refused(f"The sign-in could not be verified ({error.error}).") from None
    return token.claims


def session(tokens: Mapping[str, object], claims: Mapping[str, object]) -> Session:
    """Make a session of the answer and its claims; raises KeyError, and Refused for a Web API on a foreign host."""
    webapi_url = str(claims[CLAIM + "webapi_url"])
    if not trusted(webapi_url):
        raise Refused("The sign-in was refused: it leads to a host that is not trusted.")
    return Session(
        access_token=str(tokens["access_token"]),
        refresh_token=str(tokens["refresh_token"]),
        webapi_url=webapi_url.rstrip("/") + "/",
        identity=Identity(
            tenant=str(claims[CLAIM + "ctx"]),
            user=str(claims["sub"]),
            email=str(claims[CLAIM + "email"]),
            company=str(claims.get(CLAIM + "company_name", "")),
        ),
    )
