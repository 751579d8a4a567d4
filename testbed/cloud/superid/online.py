"""The online host: discovery, keys, authorize, tokens, tenant status."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from testbed.cloud.addresses import Addresses
from testbed.cloud.clock import Clock
from testbed.cloud.forms import BadInputError, form_of, query_of
from testbed.cloud.people import TENANTS
from testbed.cloud.superid import redirects
from testbed.cloud.superid.clients import CLIENTS
from testbed.cloud.superid.faults import Refusal, RefusedError
from testbed.cloud.superid.grants import ACCESS_SECONDS, Grants
from testbed.cloud.superid.identity import ALGORITHM, Signer
from testbed.cloud.superid.requests import PendingRequests, check_redirect, read

AUTHORIZE, TOKENS = "/login/common/oauth/authorize", "/login/common/oauth/tokens"
DISCOVERY, KEYS = "/login/.well-known/openid-configuration", "/login/.well-known/jwks"
STATUS_LIFETIME = timedelta(minutes=5)
# RFC 6749 section 5.1
NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class Authorize:
    """Checks the request and sends the browser on to the sign-in host."""

    def __init__(self, addresses: Addresses, clock: Clock, pending: PendingRequests) -> None:
        self._addresses = addresses
        self._clock = clock
        self._pending = pending

    async def get(self, request: Request) -> Response:
        parameters = query_of(request)
        check_redirect(parameters)
        try:
            asked = read(parameters, self._clock.now())
        except RefusedError as refused:
            return redirects.refusal(parameters["redirect_uri"], parameters.get("state"), refused)
        return redirects.see(f"https://{self._addresses.sign_in}/login?request={self._pending.keep(asked)}", 302)


class Tokens:
    """The token endpoint (RFC 6749 section 3.2) for public clients."""

    def __init__(self, grants: Grants, signer: Signer) -> None:
        self._grants = grants
        self._signer = signer

    async def post(self, request: Request) -> Response:
        try:
            return JSONResponse(self._tokens(await self._form(request)), headers=NO_STORE)
        except BadInputError as bad:
            refused = RefusedError(Refusal.INVALID_REQUEST, str(bad))
        except RefusedError as raised:
            refused = raised
        body = {"error": refused.refusal.value, "error_description": refused.description}
        return JSONResponse(body, refused.status, {**NO_STORE, **_challenge(request, refused)})

    async def _form(self, request: Request) -> dict[str, str]:
        """Parameters belong into the body, never into the address (RFC 6749 section 2.3.1, RFC 9700 section 4.3.2)."""
        if request.scope["query_string"]:
            raise BadInputError("parameters must be in the body")
        form = await form_of(request)
        if "authorization" in request.headers or "client_secret" in form:
            raise RefusedError(Refusal.INVALID_CLIENT, "this client is public and has no secret")
        return form

    def _tokens(self, form: Mapping[str, str]) -> dict[str, str | int]:
        client_id = form.get("client_id", "")
        grant_type = _required(form, "grant_type")
        if client_id not in CLIENTS:
            raise RefusedError(Refusal.INVALID_CLIENT, "the client is not known")
        match grant_type:
            case "authorization_code":
                return self._from_code(form, client_id)
            case "refresh_token":
                return self._from_refresh_token(form, client_id)
        raise RefusedError(Refusal.UNSUPPORTED_GRANT_TYPE, "only authorization_code and refresh_token are offered")

    def _from_code(self, form: Mapping[str, str], client_id: str) -> dict[str, str | int]:
        code, redirect_uri, verifier = (_required(form, name) for name in ("code", "redirect_uri", "code_verifier"))
        grant, asked = self._grants.redeem(code, client_id, redirect_uri, verifier)
        return {
            "token_type": "Bearer",
            "access_token": self._grants.issue_access_token(grant),
            "expires_in": ACCESS_SECONDS,
            "refresh_token": self._grants.issue_refresh_token(grant),
            "id_token": self._signer.id_token(grant, asked.nonce),
        }

    def _from_refresh_token(self, form: Mapping[str, str], client_id: str) -> dict[str, str | int]:
        """No new refresh token: the documented answer has none, the old one stays good (auth-code-flow.mdx)."""
        token = _required(form, "refresh_token")
        if form.get("scope", "openid") != "openid":
            raise RefusedError(Refusal.INVALID_SCOPE, "scope must be openid")
        grant = self._grants.of_refresh_token(token, client_id)
        return {
            "token_type": "Bearer",
            "access_token": self._grants.issue_access_token(grant),
            "expires_in": ACCESS_SECONDS,
            "id_token": self._signer.id_token(grant, None),
        }


class Directory:
    """What anybody may read: the discovery document, the keys, the status of a tenant."""

    def __init__(self, addresses: Addresses, clock: Clock, signer: Signer) -> None:
        self._addresses = addresses
        self._clock = clock
        self._signer = signer

    async def discovery(self, _request: Request) -> Response:
        """What is served, not more: the vendor's document also lists flows that RFC 9700 forbids."""
        issuer = self._addresses.issuer
        return JSONResponse(
            {
                "issuer": issuer,
                "authorization_endpoint": issuer + AUTHORIZE,
                "token_endpoint": issuer + TOKENS,
                "jwks_uri": issuer + KEYS,
                "end_session_endpoint": f"https://{self._addresses.sign_in}/logout",
                "response_types_supported": ["code"],
                "response_modes_supported": ["query"],
                "grant_types_supported": ["authorization_code", "refresh_token"],
                "subject_types_supported": ["public"],
                "scopes_supported": ["openid"],
                "id_token_signing_alg_values_supported": [ALGORITHM],
                "token_endpoint_auth_methods_supported": ["none"],
                "code_challenge_methods_supported": ["S256"],
            },
        )

    async def keys(self, _request: Request) -> Response:
        return JSONResponse(self._signer.public_keys())

    async def status(self, request: Request) -> Response:
        """Where a tenant is to be found now (tenant-status/check-status.mdx)."""
        context = request.path_params["context"]
        if context not in TENANTS:
            return JSONResponse({"Message": "Unknown tenant"}, 404)
        until = datetime.fromtimestamp(self._clock.now(), UTC) + STATUS_LIFETIME
        return JSONResponse(
            {
                "ContextIdentifier": context,
                "Endpoint": self._addresses.tenant(context),
                "State": "Running",
                "IsRunning": True,
                "ValidUntil": until.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                "Api": self._addresses.web_api(context).removesuffix("/"),
                "Version": "Release_11.10",
            },
        )


def routes(authorize: Authorize, tokens: Tokens, directory: Directory) -> list[Route]:
    return [
        Route(DISCOVERY, directory.discovery, methods=["GET"]),
        Route(KEYS, directory.keys, methods=["GET"]),
        Route(AUTHORIZE, authorize.get, methods=["GET"]),
        Route(TOKENS, tokens.post, methods=["POST"]),
        Route("/api/state/{context}", directory.status, methods=["GET"]),
    ]


def _required(form: Mapping[str, str], name: str) -> str:
    try:
        return form[name]
    except KeyError:
        raise RefusedError(Refusal.INVALID_REQUEST, f"{name} is missing") from None


def _challenge(request: Request, refused: RefusedError) -> dict[str, str]:
    """RFC 6749 section 5.2: a client that tried the Authorization header is answered in kind."""
    tried = "authorization" in request.headers and refused.refusal is Refusal.INVALID_CLIENT
    return {"WWW-Authenticate": 'Basic realm="tokens"'} if tried else {}
