"""The sign-in host: e-mail, password and tenant, one page each, or straight through for a browser known already."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from testbed.cloud.clock import Clock
from testbed.cloud.forms import BadInputError, form_of, query_of
from testbed.cloud.people import PEOPLE, TENANTS
from testbed.cloud.superid import pages, redirects
from testbed.cloud.superid.accounts import Accounts
from testbed.cloud.superid.faults import Refusal, RefusedError
from testbed.cloud.superid.grants import Grants
from testbed.cloud.superid.requests import AuthorizationRequest, PendingRequests, Prompt
from testbed.cloud.superid.sessions import (
    FORM_COOKIE,
    SESSION_COOKIE,
    FormGuard,
    Session,
    Sessions,
    answers,
    clear_cookie,
    set_cookie,
)

# RFC 5321 section 4.5.3.1.3
EMAIL_LIMIT = 254
EXPIRED = "This sign-in has expired. Go back to the app and start again."
WRONG = "The email address or the password is wrong."


class SignIn:
    def __init__(
        self,
        clock: Clock,
        accounts: Accounts,
        pending: PendingRequests,
        sessions: Sessions,
        grants: Grants,
    ) -> None:
        self._clock = clock
        self._accounts = accounts
        self._pending = pending
        self._sessions = sessions
        self._grants = grants
        self._guard = FormGuard()

    def routes(self) -> list[Route]:
        return [
            Route("/login", self.enter, methods=["GET"]),
            Route("/login", self.take_email, methods=["POST"]),
            Route("/login/password", self.ask_password, methods=["GET"]),
            Route("/login/password", self.take_password, methods=["POST"]),
            Route("/login/tenant", self.take_tenant, methods=["POST"]),
            Route("/logout", self.log_out, methods=["GET"]),
        ]

    async def enter(self, request: Request) -> Response:
        """The first page, or none at all for a browser whose session will do."""
        number, asked = self._asked(query_of(request))
        session = self._sessions.of(request)
        if session and answers(session, asked, self._clock.now()):
            return self._signed_in(request, number, asked, session)
        if asked.prompt is Prompt.NONE:
            return self._refuse(number, asked, RefusedError(Refusal.LOGIN_REQUIRED, "nobody is signed in"))
        hint = asked.login_hint or ""
        return self._form(request, pages.email_page(number, self._csrf(request, number), hint))

    async def take_email(self, request: Request) -> Response:
        form, number, _ = await self._posted(request)
        email = form.get("email", "").strip().lower()
        if "@" not in email or len(email) > EMAIL_LIMIT:
            page = pages.email_page(number, self._csrf(request, number), email, "Enter your email address.")
            return self._form(request, page)
        self._pending.note_email(number, email)
        return redirects.see(f"/login/password?request={number}")

    async def ask_password(self, request: Request) -> Response:
        number, _ = self._asked(query_of(request))
        return self._password_page(request, number)

    async def take_password(self, request: Request) -> Response:
        form, number, _ = await self._posted(request)
        email, password = self._pending.email(number) or "", form.get("password", "")
        if not await self._accounts.admit(email, password):
            return self._password_page(request, number, WRONG)
        self._sessions.end(request)
        response = redirects.see(f"/login?request={number}")
        set_cookie(response, SESSION_COOKIE, self._sessions.start(email))
        return response

    async def take_tenant(self, request: Request) -> Response:
        form, number, asked = await self._posted(request)
        session = self._sessions.of(request)
        if session is None or not answers(session, asked, self._clock.now()):
            return redirects.see(f"/login?request={number}")
        return self._finish(number, asked, session, form.get("tenant", ""))

    async def log_out(self, request: Request) -> Response:
        """End of session: the browser must sign in anew; tokens that apps hold live on."""
        self._sessions.end(request)
        response = pages.notice_page("You are logged out.")
        clear_cookie(response, SESSION_COOKIE)
        return response

    def _asked(self, parameters: dict[str, str]) -> tuple[str, AuthorizationRequest]:
        number = parameters.get("request", "")
        asked = self._pending.find(number)
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
        tenants = PEOPLE[session.email].tenants
        if asked.tenant is not None or len(tenants) == 1:
            return self._finish(number, asked, session, asked.tenant or tenants[0])
        if asked.prompt is Prompt.NONE:
            return self._refuse(number, asked, RefusedError(Refusal.INTERACTION_REQUIRED, "several tenants"))
        choice = [TENANTS[tenant] for tenant in tenants]
        return self._form(request, pages.tenant_page(number, self._csrf(request, number), choice))

    def _finish(self, number: str, asked: AuthorizationRequest, session: Session, tenant: str) -> Response:
        if PEOPLE[session.email].membership(tenant) is None:
            return self._refuse(number, asked, RefusedError(Refusal.ACCESS_DENIED, "no access to this tenant"))
        self._pending.drop(number)
        code = self._grants.issue_code(asked, session.email, tenant)
        return redirects.answer(asked.redirect_uri, asked.state, code)

    def _refuse(self, number: str, asked: AuthorizationRequest, refused: RefusedError) -> Response:
        self._pending.drop(number)
        return redirects.refusal(asked.redirect_uri, asked.state, refused)

    def _password_page(self, request: Request, number: str, error: str = "") -> Response:
        email = self._pending.email(number)
        if email is None:
            return redirects.see(f"/login?request={number}")
        return self._form(request, pages.password_page(number, self._csrf(request, number), email, error))

    def _csrf(self, request: Request, number: str) -> str:
        """The form's token; a browser without a mark gets one, which `_form` sends along."""
        request.state.browser = self._guard.browser(request)
        return self._guard.token(request.state.browser, number)

    def _form(self, request: Request, page: Response) -> Response:
        set_cookie(page, FORM_COOKIE, request.state.browser)
        return page
