"""The online host: discovery, keys, authorize, tokens, revocation, tenant status."""

import base64
import binascii
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote_plus

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from testbed.cloud.addresses import Addresses
from testbed.cloud.clock import Clock
from testbed.cloud.federation.broker import Broker
from testbed.cloud.forms import BadInputError, form_of, query_of
from testbed.cloud.settings import SettingsBook
from testbed.cloud.superid import redirects
from testbed.cloud.superid.clients import Client, Clients
from testbed.cloud.superid.faults import Refusal, RefusedError
from testbed.cloud.superid.grants import Grants
from testbed.cloud.superid.identity import CLAIMS, IDENTITY, NAMESPACE, Signer
from testbed.cloud.superid.keys import ALGORITHM
from testbed.cloud.superid.requests import PendingRequests, Prompt, check_redirect, read
from testbed.cloud.tenancy import State, Tenancy

AUTHORIZE, TOKENS = "/login/common/oauth/authorize", "/login/common/oauth/tokens"
DISCOVERY, KEYS = "/login/.well-known/openid-configuration", "/login/.well-known/jwks"
# documented to exist, but not where
REVOCATION = "/login/common/oauth/revoke"
STATUS_LIFETIME = timedelta(minutes=5)
SECRET_METHODS = ["client_secret_post", "client_secret_basic"]
# RFC 6749 section 5.1
NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
UP = frozenset({State.RUNNING, State.ONLINE_MAINTENANCE})


class Authorize:
    """Checks the request and sends the browser on to the sign-in host."""

    def __init__(
        self, addresses: Addresses, clock: Clock, pending: PendingRequests, clients: Clients, signer: Signer
    ) -> None:
        self._addresses = addresses
        self._clock = clock
        self._pending = pending
        self._clients = clients
        self._signer = signer

    async def ask(self, request: Request) -> Response:
        """By GET or by POST (OpenID Connect Core 1.0 section 3.1.2.1)."""
        parameters = await form_of(request) if request.method == "POST" else query_of(request)
        client = check_redirect(parameters, self._clients)
        try:
            asked = read(parameters, client, self._clock.now(), self._hinted(parameters))
        except RefusedError as refused:
            return redirects.refusal(parameters["redirect_uri"], parameters.get("state"), refused)
        return redirects.see(f"https://{self._addresses.sign_in}/login?request={self._pending.keep(asked)}", 302)

    def _hinted(self, parameters: Mapping[str, str]) -> str | None:
        if "id_token_hint" not in parameters:
            return None
        try:
            return str(self._signer.of_hint(parameters["id_token_hint"])["sub"])
        except BadInputError as error:
            raise RefusedError(Refusal.INVALID_REQUEST, str(error)) from None


class ClientDesk:
    """Reads what a client posts, and knows it: a native one by its name, a confidential one by its secret as well."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    async def read(self, request: Request) -> tuple[dict[str, str], str, str | None]:
        """The form, the client's id and its secret if it sent one; raises BadInputError and RefusedError.

        Parameters belong into the body, never into the address (RFC 6749 section 2.3.1, RFC 9700 section 4.3.2).
        """
        if request.scope["query_string"]:
            raise BadInputError("parameters must be in the body")
        form = await form_of(request)
        header = request.headers.get("authorization")
        if header is None:
            return form, form.get("client_id", ""), form.get("client_secret")
        if "client_secret" in form:
            raise BadInputError("the client authenticates in two ways")
        client_id, secret = _basic(header)
        if form.get("client_id", client_id) != client_id:
            raise BadInputError("two clients are named")
        return form, client_id, secret

    def known(self, client_id: str, secret: str | None) -> Client:
        client = self._clients.find(client_id)
        if client is None:
            raise RefusedError(Refusal.INVALID_CLIENT, "the client is not known")
        if client.secret is None and secret is not None:
            raise RefusedError(Refusal.INVALID_CLIENT, "this client is public and has no secret")
        if client.secret is not None and not client.knows(secret or ""):
            raise RefusedError(Refusal.INVALID_CLIENT, "the client's secret is missing or wrong")
        return client


class Tokens:
    """The token endpoint (RFC 6749 section 3.2) and the revocation endpoint (RFC 7009)."""

    def __init__(
        self, desk: ClientDesk, grants: Grants, signer: Signer, broker: Broker, settings: SettingsBook
    ) -> None:
        self._desk = desk
        self._grants = grants
        self._signer = signer
        self._broker = broker
        self._settings = settings

    async def post(self, request: Request) -> Response:
        try:
            form, client_id, secret = await self._desk.read(request)
            grant_type = _required(form, "grant_type")
            client = self._desk.known(client_id, secret)
            return JSONResponse(await self._tokens(form, grant_type, client), headers=NO_STORE)
        except (BadInputError, RefusedError) as error:
            return _refusal(request, error)

    async def revoke(self, request: Request) -> Response:
        """200 also for a token nobody knows (RFC 7009 section 2.2); one of another client is refused (section 2.1)."""
        try:
            form, client_id, secret = await self._desk.read(request)
            token = _required(form, "token")
            self._check_owner(token, self._desk.known(client_id, secret))
        except (BadInputError, RefusedError) as error:
            return _refusal(request, error)
        self._grants.revoke_token(token)
        return Response(status_code=200, headers=NO_STORE)

    def _check_owner(self, token: str, client: Client) -> None:
        if self._grants.owner(token) not in {None, client.client_id}:
            raise RefusedError(Refusal.INVALID_GRANT, "the token was issued to another client")

    async def _tokens(self, form: Mapping[str, str], grant_type: str, client: Client) -> dict[str, str | int]:
        match grant_type:
            case "authorization_code":
                return self._from_code(form, client)
            case "refresh_token":
                return await self._from_refresh_token(form, client)
        raise RefusedError(Refusal.UNSUPPORTED_GRANT_TYPE, "only authorization_code and refresh_token are offered")

    def _from_code(self, form: Mapping[str, str], client: Client) -> dict[str, str | int]:
        code, redirect_uri = (_required(form, name) for name in ("code", "redirect_uri"))
        redeemed = self._grants.redeem(code, client.client_id, redirect_uri, form.get("code_verifier"))
        grant, asked = redeemed.grant, redeemed.asked
        auth_time = None if asked.max_age is None else redeemed.signed_in_at
        return {
            "token_type": "Bearer",
            "access_token": self._grants.issue_access_token(grant),
            "expires_in": self._settings.read().access_token_seconds,
            "refresh_token": self._grants.issue_refresh_token(grant),
            "id_token": self._signer.id_token(grant, asked.nonce, auth_time),
        }

    async def _from_refresh_token(self, form: Mapping[str, str], client: Client) -> dict[str, str | int]:
        """Without rotation there is no new refresh token: the documented answer has none (auth-code-flow.mdx).

        Behind a federated sign-in stands the identity provider, which is asked each time whether it still vouches.
        """
        token = _required(form, "refresh_token")
        if form.get("scope", "openid") != "openid":
            raise RefusedError(Refusal.INVALID_SCOPE, "scope must be openid")
        grant = self._grants.of_refresh_token(token, client.client_id)
        if grant.link is not None:
            await self._broker.confirm(grant.link)
            # others may have used it while the provider was asked
            grant = self._grants.of_refresh_token(token, client.client_id)
        successor = self._grants.rotate(token, grant)
        return {
            "token_type": "Bearer",
            "access_token": self._grants.issue_access_token(grant),
            "expires_in": self._settings.read().access_token_seconds,
            **({"refresh_token": successor} if successor is not None else {}),
            "id_token": self._signer.id_token(grant),
        }


class Directory:
    """What anybody may read: the discovery document, the keys, the status of a tenant."""

    def __init__(self, addresses: Addresses, clock: Clock, signer: Signer, tenancy: Tenancy) -> None:
        self._addresses = addresses
        self._clock = clock
        self._signer = signer
        self._tenancy = tenancy

    async def discovery(self, _request: Request) -> Response:
        """What is served, not more: the vendor's document also lists flows that RFC 9700 forbids.

        What is false stands there where its absence would mean true (OpenID Connect Discovery 1.0 section 3).
        """
        issuer = self._addresses.issuer
        return JSONResponse(
            {
                "issuer": issuer,
                "authorization_endpoint": issuer + AUTHORIZE,
                "token_endpoint": issuer + TOKENS,
                "jwks_uri": issuer + KEYS,
                "revocation_endpoint": issuer + REVOCATION,
                "end_session_endpoint": f"https://{self._addresses.sign_in}/logout",
                "response_types_supported": ["code"],
                "response_modes_supported": ["query"],
                "grant_types_supported": ["authorization_code", "refresh_token"],
                "subject_types_supported": ["public"],
                "scopes_supported": ["openid"],
                "id_token_signing_alg_values_supported": [ALGORITHM],
                "token_endpoint_auth_methods_supported": ["none", *SECRET_METHODS],
                "revocation_endpoint_auth_methods_supported": ["none", *SECRET_METHODS],
                "code_challenge_methods_supported": ["S256", "plain"],
                "prompt_values_supported": [each.value for each in Prompt],
                "claims_supported": [*CLAIMS, *(NAMESPACE + name for name in IDENTITY)],
                "claims_parameter_supported": False,
                "request_parameter_supported": False,
                "request_uri_parameter_supported": False,
            },
        )

    async def keys(self, _request: Request) -> Response:
        return JSONResponse(self._signer.keys.public())

    async def status(self, request: Request) -> Response:
        """Where a tenant is to be found now (tenant-status/check-status.mdx)."""
        context = request.path_params["context"]
        where = self._tenancy.of(context)
        if where is None:
            return JSONResponse({"Message": "Unknown tenant"}, 404)
        until = datetime.fromtimestamp(self._clock.now(), UTC) + STATUS_LIFETIME
        return JSONResponse(
            {
                "ContextIdentifier": context,
                "Endpoint": self._tenancy.address(context),
                "State": where.state,
                "IsRunning": where.state in UP,
                "ValidUntil": until.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                "Api": self._tenancy.web_api(context).removesuffix("/"),
                "Version": "Release_11.10",
            },
        )


def routes(authorize: Authorize, tokens: Tokens, directory: Directory) -> list[Route]:
    return [
        Route(DISCOVERY, directory.discovery, methods=["GET"]),
        Route(KEYS, directory.keys, methods=["GET"]),
        Route(AUTHORIZE, authorize.ask, methods=["GET", "POST"]),
        Route(TOKENS, tokens.post, methods=["POST"]),
        Route(REVOCATION, tokens.revoke, methods=["POST"]),
        Route("/api/state/{context}", directory.status, methods=["GET"]),
    ]


def _required(form: Mapping[str, str], name: str) -> str:
    try:
        return form[name]
    except KeyError:
        raise RefusedError(Refusal.INVALID_REQUEST, f"{name} is missing") from None


def _basic(header: str) -> tuple[str, str]:
    """Id and secret of RFC 6749 section 2.3.1; raises RefusedError for anything else."""
    scheme, _, text = header.partition(" ")
    try:
        client_id, colon, secret = base64.b64decode(text, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        client_id = colon = secret = ""
    if scheme.lower() != "basic" or not colon:
        raise RefusedError(Refusal.INVALID_CLIENT, "the Authorization header holds no client and secret")
    return unquote_plus(client_id), unquote_plus(secret)


def _refusal(request: Request, error: BadInputError | RefusedError) -> Response:
    refused = error if isinstance(error, RefusedError) else RefusedError(Refusal.INVALID_REQUEST, str(error))
    body = {"error": refused.refusal.value, "error_description": refused.description}
    return JSONResponse(body, refused.status, {**NO_STORE, **_challenge(request, refused)})


def _challenge(request: Request, refused: RefusedError) -> dict[str, str]:
    """RFC 6749 section 5.2: a client that tried the Authorization header is answered in kind."""
    tried = "authorization" in request.headers and refused.refusal is Refusal.INVALID_CLIENT
    return {"WWW-Authenticate": 'Basic realm="tokens"'} if tried else {}
