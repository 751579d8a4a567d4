"""An identity provider of our own making: Microsoft-like, its ADFS hop, and Google-like, each by its profile."""

import json
import re
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING

from authlib.oauth2 import OAuth2Error
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from testbed.cloud.clock import Clock
from testbed.cloud.federation import pages
from testbed.cloud.federation.accounts import ProviderAccounts, Verdict
from testbed.cloud.federation.faults import FederationError
from testbed.cloud.federation.party import RelyingParty
from testbed.cloud.federation.profiles import domain_of
from testbed.cloud.federation.provider_grants import METHODS, Asked, ProviderServer
from testbed.cloud.forms import BadInputError, form_of, query_of
from testbed.cloud.known_secrets import Kind, KnownSecrets
from testbed.cloud.store import Store, digest
from testbed.cloud.superid import redirects
from testbed.cloud.superid.sessions import FORM_COOKIE, FormGuard, browser_mark, set_cookie

if TYPE_CHECKING:
    from sqlite3 import Row

    from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
    from joserfc.jwk import RSAKey

COOKIE = "IdpSession"
ATTEMPT_SECONDS, SESSION_SECONDS = 30 * 60, 24 * 3600
# path of the way back from the provider that this one delegates to
CALLBACK = "/signin/federated"
WRONG, EXPIRED = "The account or the password is wrong.", "This sign-in has expired. Go back and start again."
# Android's WebView says "wv", an app's WKWebView lacks Safari's own mark; both may name the app (Google's policy on
# embedded user agents, "disallowed_useragent")
EMBEDDED = re.compile(r"; wv\)|\bWebView\b|^(?!.*Safari/).*(iPhone|iPad).*AppleWebKit", re.IGNORECASE)


class Authority:
    """`delegated` signs people of some domains in at another provider, by that provider's name."""

    def __init__(  # noqa: PLR0913, PLR0917 -- what a provider needs
        self,
        server: ProviderServer,
        accounts: ProviderAccounts,
        delegated: Mapping[str, RelyingParty],
        store: Store,
        clock: Clock,
        known: KnownSecrets,
        form_key: bytes,
    ) -> None:
        self._server = server
        self._profile = server.profile
        self._accounts = accounts
        self._delegated = delegated
        self._store = store
        self._clock = clock
        self._known = known
        self._guard = FormGuard(form_key)

    def application(self) -> Starlette:
        profile = self._profile
        built = Starlette(
            routes=[
                Route(profile.discovery, self.discovery, methods=["GET"]),
                Route(profile.keys, self.keys, methods=["GET"]),
                Route(profile.authorize, self.authorize, methods=["GET"]),
                Route(profile.token, self.tokens, methods=["POST"]),
                Route("/signin/email", self.take_email, methods=["POST"]),
                Route("/signin/password", self.take_password, methods=["POST"]),
                Route("/signin/code", self.take_code, methods=["POST"]),
                Route(CALLBACK, self.come_back, methods=["GET"]),
            ],
            exception_handlers=dict.fromkeys((BadInputError, FederationError), self._trouble),
        )
        built.router.redirect_slashes = False
        return built

    async def discovery(self, _request: Request) -> Response:
        profile = self._profile
        return JSONResponse(
            {
                "issuer": profile.issuer,
                "authorization_endpoint": profile.url(profile.authorize),
                "token_endpoint": profile.url(profile.token),
                "jwks_uri": profile.url(profile.keys),
                "response_types_supported": ["code"],
                "response_modes_supported": ["query"],
                "grant_types_supported": ["authorization_code", "refresh_token"],
                "subject_types_supported": ["pairwise"],
                "scopes_supported": ["openid", "profile", "email", "offline_access"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "token_endpoint_auth_methods_supported": METHODS,
                "code_challenge_methods_supported": ["S256"],
            },
        )

    async def keys(self, _request: Request) -> Response:
        key: RSAKey = self._server.key
        return JSONResponse({"keys": [{**key.as_dict(private=False), "use": "sig", "alg": "RS256"}]})

    async def authorize(self, request: Request) -> Response:
        """Google refuses browsers that an app has embedded, whatever they ask (403 disallowed_useragent)."""
        if not self._profile.web_views and _embedded(request):
            notice = "You can't sign in here: this app's browser does not comply with the policy for secure browsers."
            return pages.refusal_page(self._profile, notice, "Error 403: disallowed_useragent")
        parameters = query_of(request)
        try:
            self._consent(parameters)
        except OAuth2Error as error:
            return pages.refusal_page(self._profile, str(error.description or error.error), status=400)
        except ValueError:
            # authlib repeats what was sent in its error, and balks at characters no error may hold
            return pages.refusal_page(self._profile, "The request cannot be read.", status=400)
        email = self._session(request)
        if email and parameters.get("prompt") != "login" and parameters.get("login_hint", email).lower() == email:
            return self._issue(parameters, email)
        number = secrets.token_urlsafe(16)
        self._store.change(
            "INSERT INTO provider_attempt VALUES (?, ?, ?, NULL, 0, ?)",
            (number, self._profile.name, json.dumps(parameters), self._clock.now() + ATTEMPT_SECONDS),
        )
        hint = parameters.get("login_hint")
        if hint is None:
            return self._form(request, pages.email_page(self._profile, number, self._csrf(request, number), ""))
        return await self._next(request, number, hint.strip().lower())

    async def tokens(self, request: Request) -> Response:
        asked = Asked("POST", str(request.url), request.headers, await form_of(request))
        try:
            answer: Response = self._server.create_token_response(asked)
        except ValueError:
            # as above
            answer = JSONResponse({"error": "invalid_request"}, 400)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    async def take_email(self, request: Request) -> Response:
        form, attempt = await self._posted(request)
        email = form.get(self._profile.controls.email, "").strip().lower()
        if "@" not in email:
            page = pages.email_page(self._profile, attempt["id"], self._csrf(request, attempt["id"]), email, WRONG)
            return self._form(request, page)
        return await self._next(request, attempt["id"], email)

    async def take_password(self, request: Request) -> Response:
        form, attempt = await self._posted(request)
        email = attempt["email"] or ""
        match await self._accounts.admit(self._profile.name, email, form.get(self._profile.controls.password, "")):
            case Verdict.WELCOME:
                return self._signed_in(attempt, email)
            case Verdict.CODE_WANTED:
                self._store.change("UPDATE provider_attempt SET factors = 1 WHERE id = ?", (attempt["id"],))
                return self._form(
                    request, pages.code_page(self._profile, attempt["id"], self._csrf(request, attempt["id"]), email)
                )
            case Verdict.DISABLED:
                return pages.refusal_page(self._profile, "Your account has been disabled by your administrator.")
        return self._password_page(request, attempt["id"], email, WRONG)

    async def take_code(self, request: Request) -> Response:
        form, attempt = await self._posted(request)
        email = attempt["email"] or ""
        if not attempt["factors"]:
            return self._password_page(request, attempt["id"], email)
        if not self._accounts.confirm(self._profile.name, email, form.get(self._profile.controls.code, "").strip()):
            csrf = self._csrf(request, attempt["id"])
            page = pages.code_page(self._profile, attempt["id"], csrf, email, "That code is wrong or was used before.")
            return self._form(request, page)
        return self._signed_in(attempt, email)

    async def come_back(self, request: Request) -> Response:
        """From the provider that this one delegates to: who it is was decided there."""
        (party,) = self._delegated.values()
        arrival = await party.arrive(query_of(request))
        attempt = self._attempt(arrival.note)
        if arrival.browser != request.cookies.get(FORM_COOKIE) or arrival.email != attempt["email"]:
            raise BadInputError(EXPIRED)
        return self._signed_in(attempt, arrival.email)

    async def _next(self, request: Request, number: str, email: str) -> Response:
        """To the password, here or at the provider that this one delegates the domain to (home realm discovery)."""
        self._store.change("UPDATE provider_attempt SET email = ?, factors = 0 WHERE id = ?", (email, number))
        party = self._delegated.get(self._profile.delegates.get(domain_of(email), ""))
        if party is None:
            return self._password_page(request, number, email)
        self._csrf(request, number)
        return self._form(request, redirects.see(await party.depart(number, request.state.browser, email), 302))

    def _signed_in(self, attempt: "Row", email: str) -> Response:
        cookie = secrets.token_urlsafe(32)
        self._store.change(
            "INSERT INTO provider_session VALUES (?, ?, ?, ?)",
            (digest(cookie), self._profile.name, email, self._clock.now() + SESSION_SECONDS),
        )
        self._store.change("DELETE FROM provider_attempt WHERE id = ?", (attempt["id"],))
        self._known.add(Kind.PROVIDER_COOKIE, cookie, email)
        response = self._issue(json.loads(attempt["query"]), email)
        set_cookie(response, COOKIE, cookie)
        return response

    def _issue(self, parameters: Mapping[str, str], email: str) -> Response:
        user = self._server.users.find(self._profile, email)
        if user is None:
            return pages.refusal_page(self._profile, "This account is not known here, or has been disabled.")
        grant = self._consent(parameters)
        _, _, headers = grant.create_authorization_response(grant.redirect_uri, user)
        return redirects.see(dict(headers)["Location"], 302)

    def _consent(self, parameters: Mapping[str, str]) -> "AuthorizationCodeGrant":
        """The grant of a faultless request; raises authlib's OAuth2Error."""
        return self._server.get_consent_grant(Asked("GET", self._profile.url(self._profile.authorize), {}, parameters))

    def _session(self, request: Request) -> str | None:
        row = self._store.one(
            "SELECT email FROM provider_session WHERE digest = ? AND provider = ? AND expires > ?",
            (digest(request.cookies.get(COOKIE, "")), self._profile.name, self._clock.now()),
        )
        return str(row["email"]) if row else None

    def _attempt(self, number: str) -> "Row":
        row = self._store.one(
            "SELECT * FROM provider_attempt WHERE id = ? AND provider = ? AND expires > ?",
            (number, self._profile.name, self._clock.now()),
        )
        if row is None:
            raise BadInputError(EXPIRED)
        return row

    async def _posted(self, request: Request) -> tuple[dict[str, str], "Row"]:
        form = await form_of(request)
        attempt = self._attempt(form.get("request", ""))
        if not self._guard.accepts(request, attempt["id"], form.get("csrf", "")):
            raise BadInputError("This form was not made for this browser.")
        return form, attempt

    def _password_page(self, request: Request, number: str, email: str, error: str = "") -> Response:
        page = pages.password_page(self._profile, number, self._csrf(request, number), email, error)
        return self._form(request, page)

    def _csrf(self, request: Request, number: str) -> str:
        request.state.browser = browser_mark(request)
        return self._guard.token(request.state.browser, number)

    def _form(self, request: Request, page: Response) -> Response:
        set_cookie(page, FORM_COOKIE, request.state.browser)
        return page

    async def _trouble(self, _request: Request, error: Exception) -> Response:
        return pages.refusal_page(self._profile, str(error), status=400)


def _embedded(request: Request) -> bool:
    return "x-requested-with" in request.headers or EMBEDDED.search(request.headers.get("user-agent", "")) is not None
