"""The sign-in host: e-mail, password or identity provider, tenant and consent; straight through for a known browser."""

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from testbed.cloud.clock import Clock
from testbed.cloud.federation.broker import Broker
from testbed.cloud.forms import FORM_TYPE, BadInputError, content_type, form_of, query_of
from testbed.cloud.people import TENANTS, People
from testbed.cloud.superid import pages, redirects
from testbed.cloud.superid.accounts import Accounts
from testbed.cloud.superid.clients import Clients
from testbed.cloud.superid.consents import Consents
from testbed.cloud.superid.faults import Refusal, RefusedError
from testbed.cloud.superid.grants import Grants
from testbed.cloud.superid.identity import Signer
from testbed.cloud.superid.requests import AuthorizationRequest, PendingRequests, Prompt
from testbed.cloud.superid.sessions import (
    FORM_COOKIE,
    SESSION_COOKIE,
    TENANT_COOKIE,
    FormGuard,
    Session,
    Sessions,
    answers,
    browser_mark,
    clear_cookie,
    set_cookie,
)

# RFC 5321 section 4.5.3.1.3
EMAIL_LIMIT = 254
EXPIRED = "This sign-in has expired. Go back to the app and start again."
STRANGER = "The identity provider says you are somebody else than the address you gave, or nobody we know."
WRONG = "The email address or the password is wrong."


@dataclass(frozen=True, slots=True)
class Desk:
    """All that the pages need to know whom to let in."""

    clock: Clock
    people: People
    accounts: Accounts
    pending: PendingRequests
    sessions: Sessions
    grants: Grants
    clients: Clients
    consents: Consents
    broker: Broker
    signer: Signer
    form_key: bytes


class SignIn:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._guard = FormGuard(desk.form_key)

    def routes(self) -> list[Route]:
        return [
            Route("/login", self.enter, methods=["GET"]),
            Route("/login", self.take_email, methods=["POST"]),
            Route("/login/password", self.ask_password, methods=["GET"]),
            Route("/login/password", self.take_password, methods=["POST"]),
            Route("/login/callback/{provider}", self.come_back, methods=["GET"]),
            Route("/login/tenant", self.take_tenant, methods=["POST"]),
            Route("/login/consent", self.take_consent, methods=["POST"]),
            Route("/logout", self.log_out, methods=["GET", "POST"]),
        ]

    async def enter(self, request: Request) -> Response:
        """The first page, or none at all for a browser whose session will do."""
        number, asked = self._asked(query_of(request))
        session = self._known(request, number, asked)
        if session:
            return self._signed_in(request, number, asked, session)
        if Prompt.NONE in asked.prompt:
            return self._refuse(number, asked, RefusedError(Refusal.LOGIN_REQUIRED, "nobody is signed in"))
        if asked.provider is not None:
            return await self._send_on(request, number, asked, asked.provider, asked.login_hint)
        hint = asked.login_hint or ""
        return self._form(request, pages.email_page(number, self._csrf(request, number), hint))

    async def take_email(self, request: Request) -> Response:
        form, number, asked = await self._posted(request)
        email = form.get("email", "").strip().lower()
        if "@" not in email or len(email) > EMAIL_LIMIT:
            page = pages.email_page(number, self._csrf(request, number), email, "Enter your email address.")
            return self._form(request, page)
        self._desk.pending.note_email(number, email)
        if Prompt.SELECT_ACCOUNT in asked.prompt and self._known(request, number, asked):
            return redirects.see(f"/login?request={number}")
        provider = self._desk.broker.provider_of(email)
        if provider is not None:
            return await self._send_on(request, number, asked, provider, email)
        return redirects.see(f"/login/password?request={number}")

    async def ask_password(self, request: Request) -> Response:
        number, _ = self._asked(query_of(request))
        return self._password_page(request, number)

    async def take_password(self, request: Request) -> Response:
        form, number, _ = await self._posted(request)
        email, password = self._desk.pending.email(number) or "", form.get("password", "")
        if not await self._desk.accounts.admit(email, password):
            return self._password_page(request, number, WRONG)
        self._desk.sessions.end(request)
        response = redirects.see(f"/login?request={number}")
        set_cookie(response, SESSION_COOKIE, self._desk.sessions.start(email))
        return response

    async def take_tenant(self, request: Request) -> Response:
        form, number, asked = await self._posted(request)
        session = self._known(request, number, asked)
        if session is None:
            return redirects.see(f"/login?request={number}")
        return self._finish(request, number, asked, session, form.get("tenant", ""))

    async def come_back(self, request: Request) -> Response:
        """From the identity provider: who it vouches for must be who was announced, and one of ours."""
        provider = request.path_params["provider"]
        if not self._desk.broker.offers(provider):
            raise BadInputError(EXPIRED)
        welcome = await self._desk.broker.arrive(provider, query_of(request))
        number, _ = self._asked({"request": welcome.number})
        announced = self._desk.pending.email(number)
        if welcome.browser != request.cookies.get(FORM_COOKIE):
            raise BadInputError("This sign-in was begun in another browser. Go back to the app and start again.")
        if announced not in {None, welcome.email} or self._desk.people.find(welcome.email) is None:
            return pages.error_page(STRANGER, 403)
        self._desk.sessions.end(request)
        response = redirects.see(f"/login?request={number}")
        set_cookie(response, SESSION_COOKIE, self._desk.sessions.start(welcome.email, welcome.link))
        return response

    async def take_consent(self, request: Request) -> Response:
        form, number, asked = await self._posted(request)
        session = self._known(request, number, asked)
        tenant = request.cookies.get(TENANT_COOKIE, "")
        if session is None:
            return redirects.see(f"/login?request={number}")
        if form.get("answer") != "approve":
            return self._refuse(number, asked, RefusedError(Refusal.ACCESS_DENIED, "the user did not approve"))
        if not self._member(session.email, tenant):
            return self._refuse(number, asked, RefusedError(Refusal.ACCESS_DENIED, "no access to this tenant"))
        self._desk.consents.give(asked.client_id, session.email, tenant)
        return self._hand_over(number, asked, session, tenant)

    async def log_out(self, request: Request) -> Response:
        """The browser's session ends, tokens that apps hold live on; then back to the application, if it may be told.

        RP-Initiated Logout 1.0: the address must be registered for the client that the hint or client_id names.
        """
        form = request.method == "POST" and content_type(request.headers) == FORM_TYPE
        parameters = await form_of(request) if form else query_of(request)
        back = self._way_back(parameters)
        self._desk.sessions.end(request)
        response = redirects.see(back, 302) if back else pages.notice_page("You are logged out.")
        clear_cookie(response, SESSION_COOKIE)
        return response

    def _way_back(self, parameters: dict[str, str]) -> str | None:
        """Raises BadInputError for a hint that is not ours, and for an address that is not registered."""
        client_id = parameters.get("client_id")
        if "id_token_hint" in parameters:
            audience = str(self._desk.signer.of_hint(parameters["id_token_hint"])["aud"])
            if client_id not in {None, audience}:
                raise BadInputError("client_id is not the one id_token_hint was issued to.")
            client_id = audience
        address = parameters.get("post_logout_redirect_uri")
        if address is None:
            return None
        client = self._desk.clients.find(client_id or "")
        if client is None or address not in client.after_logout:
            raise BadInputError("The address to return to is not registered for this application.")
        state = parameters.get("state")
        return address if state is None else f"{address}?{urlencode({'state': state})}"

    async def _send_on(
        self, request: Request, number: str, asked: AuthorizationRequest, provider: str, email: str | None
    ) -> Response:
        if not self._desk.broker.offers(provider):
            return self._refuse(number, asked, RefusedError(Refusal.INVALID_REQUEST, "no such identity provider"))
        self._csrf(request, number)
        again = Prompt.LOGIN in asked.prompt or asked.max_age == 0
        address = await self._desk.broker.depart(provider, number, request.state.browser, email, again=again)
        return self._form(request, redirects.see(address, 302))

    def _known(self, request: Request, number: str, asked: AuthorizationRequest) -> Session | None:
        """The browser's session, if it will do for the request."""
        session = self._desk.sessions.of(request)
        will_do = session and answers(session, asked, self._desk.clock.now(), self._desk.pending.email(number))
        return session if will_do else None

    def _asked(self, parameters: dict[str, str]) -> tuple[str, AuthorizationRequest]:
        number = parameters.get("request", "")
        asked = self._desk.pending.find(number)
        if asked is None:
            raise BadInputError(EXPIRED)
        return number, asked

    async def _posted(self, request: Request) -> tuple[dict[str, str], str, AuthorizationRequest]:
        form = await form_of(request)
        number, asked = self._asked(form)
        if not self._guard.accepts(request, number, form.get("csrf", "")):
            raise BadInputError("This form was not made for this browser. Go back to the app and start again.")
        return form, number, asked

    def _signed_in(self, request: Request, number: str, asked: AuthorizationRequest, session: Session) -> Response:
        """With several tenants the person is always asked, unless the request names one (primary-tenant.mdx)."""
        person = self._desk.people.find(session.email)
        tenants = [tenant for tenant in person.tenants if tenant in TENANTS] if person else []
        if asked.tenant is not None or len(tenants) == 1:
            return self._finish(request, number, asked, session, asked.tenant or tenants[0])
        if not tenants:
            return self._refuse(number, asked, RefusedError(Refusal.ACCESS_DENIED, "no access to any tenant"))
        if Prompt.NONE in asked.prompt:
            return self._refuse(number, asked, RefusedError(Refusal.INTERACTION_REQUIRED, "several tenants"))
        choice = [TENANTS[tenant] for tenant in tenants]
        return self._form(request, pages.tenant_page(number, self._csrf(request, number), choice))

    def _finish(
        self, request: Request, number: str, asked: AuthorizationRequest, session: Session, tenant: str
    ) -> Response:
        if not self._member(session.email, tenant):
            return self._refuse(number, asked, RefusedError(Refusal.ACCESS_DENIED, "no access to this tenant"))
        client = self._desk.clients.find(asked.client_id)
        needed = client and client.consent and not self._desk.consents.given(client.client_id, session.email, tenant)
        if client and (needed or Prompt.CONSENT in asked.prompt):
            if Prompt.NONE in asked.prompt:
                return self._refuse(number, asked, RefusedError(Refusal.CONSENT_REQUIRED, "not approved yet"))
            csrf = self._csrf(request, number)
            page = pages.consent_page(number, csrf, client.name, TENANTS[tenant].company, session.email)
            set_cookie(page, TENANT_COOKIE, tenant)
            return self._form(request, page)
        return self._hand_over(number, asked, session, tenant)

    def _hand_over(self, number: str, asked: AuthorizationRequest, session: Session, tenant: str) -> Response:
        self._desk.pending.drop(number)
        code = self._desk.grants.issue_code(asked, session, tenant)
        return redirects.answer(asked.redirect_uri, asked.state, code)

    def _member(self, email: str, tenant: str) -> bool:
        person = self._desk.people.find(email)
        return person is not None and tenant in TENANTS and person.membership(tenant) is not None

    def _refuse(self, number: str, asked: AuthorizationRequest, refused: RefusedError) -> Response:
        self._desk.pending.drop(number)
        return redirects.refusal(asked.redirect_uri, asked.state, refused)

    def _password_page(self, request: Request, number: str, error: str = "") -> Response:
        email = self._desk.pending.email(number)
        if email is None:
            return redirects.see(f"/login?request={number}")
        return self._form(request, pages.password_page(number, self._csrf(request, number), email, error))

    def _csrf(self, request: Request, number: str) -> str:
        """The form's token; a browser without a mark gets one, which `_form` sends along."""
        request.state.browser = browser_mark(request)
        return self._guard.token(request.state.browser, number)

    def _form(self, request: Request, page: Response) -> Response:
        set_cookie(page, FORM_COOKIE, request.state.browser)
        return page
