"""All legs of all sign-ins of a recording, in the order of time; of other exchanges only what a rule counts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from faults import EvidenceMissing
from traffic.events import Exchange
from traffic.oauth.legs import (
    Authorization,
    Leg,
    Redirect,
    TokenCall,
    authorization_of,
    is_logout,
    leg_of,
    posted_fields,
    redirect_of,
    token_call_of,
)

_PASSWORD_FIELDS = frozenset({"password", "passwd", "pwd"})
_APP_TOKEN = "so-apptoken"  # noqa: S105 -- the name of a header
_CREDENTIAL_FIELDS = ("client_secret", "client_assertion")


@dataclass(slots=True)
class Dialogue:
    """Feed it every exchange with `take`; it holds no bodies and no more than the legs of the sign-ins."""

    authorizations: list[Authorization] = field(default_factory=list)
    redirects: list[Redirect] = field(default_factory=list)
    token_calls: list[TokenCall] = field(default_factory=list)
    logouts: list[Leg] = field(default_factory=list)
    passwords: list[Leg] = field(default_factory=list)
    app_secrets: list[tuple[Leg, str]] = field(default_factory=list)
    in_clear: list[Leg] = field(default_factory=list)

    @classmethod
    def of(cls, exchanges: Iterable[Exchange], signed_out: Iterable[float] = ()) -> "Dialogue":
        """`signed_out` are moments at which somebody signed out in the app, in Unix seconds."""
        dialogue = cls()
        for seen in exchanges:
            dialogue.take(seen)
        for at in signed_out:
            dialogue.logouts.append(Leg(-1, at, "", "", secure=True, status=None))
        return dialogue

    def take(self, seen: Exchange) -> None:
        if not seen.is_http:
            return
        if authorization := authorization_of(seen):
            self.authorizations.append(authorization)
        if redirect := redirect_of(seen):
            self.redirects.append(redirect)
        if call := token_call_of(seen):
            self.token_calls.append(call)
        if is_logout(seen):
            self.logouts.append(leg_of(seen))
        if _PASSWORD_FIELDS & posted_fields(seen).keys():
            self.passwords.append(leg_of(seen))
        if seen.header(_APP_TOKEN) is not None:
            self.app_secrets.append((leg_of(seen), "SO-AppToken"))
        if not leg_of(seen).secure:
            self.in_clear.append(leg_of(seen))

    # --- what a rule needs; each raises EvidenceMissing where there is none, for then it can say nothing

    def asked(self) -> list[Authorization]:
        return _some(self.authorizations, "no sign-in was recorded (no authorization request)")

    def answered(self) -> list[Redirect]:
        return _some(self.redirects, "no sign-in was recorded to its end (no redirect back to the app)")

    def called(self) -> list[TokenCall]:
        return _some(self.token_calls, "no call of the token endpoint was recorded")

    def redeemed(self) -> list[TokenCall]:
        calls = [call for call in self.token_calls if call.grant == "authorization_code"]
        return _some(calls, "no authorization code was redeemed in what was recorded")

    def refreshed(self) -> list[TokenCall]:
        calls = [call for call in self.token_calls if call.grant == "refresh_token"]
        return _some(calls, "no refresh of a token was recorded")

    def issued(self) -> list[TokenCall]:
        calls = [call for call in self.token_calls if call.succeeded]
        return _some(calls, "no tokens were issued in what was recorded")

    def signed_out(self) -> list[Leg]:
        return _some(sorted(self.logouts, key=lambda leg: leg.at), "nobody signed out in what was recorded")

    # --- what belongs together

    def authorization_for(self, call: TokenCall) -> Authorization | None:
        """The request whose answer carried the call's code, by its state; None where that was not recorded."""
        states = {back.one("state") for back in self.redirects if back.one("code") == call.one("code")} - {""}
        return next((asked for asked in reversed(self.authorizations) if asked.one("state") in states), None)

    def redirect_with(self, code: str) -> Redirect | None:
        return next((back for back in self.redirects if code and back.one("code") == code), None)

    def app_agents(self) -> set[str]:
        """What the programs call themselves that call the token endpoint."""
        return {call.leg.agent for call in self.token_calls if call.leg.agent}

    def sign_in_hosts(self) -> set[str]:
        return {leg.host for leg in self._legs()}

    def _legs(self) -> Iterator[Leg]:
        for group in (self.authorizations, self.redirects, self.token_calls):
            yield from (each.leg for each in group)

    def shared_secrets(self) -> Iterator[tuple[Leg, str]]:
        for call in self.token_calls:
            yield from ((call.leg, name) for name in _CREDENTIAL_FIELDS if name in call.given)
            if call.basic:
                yield call.leg, "Basic authentication"
        for asked in self.authorizations:
            yield from ((asked.leg, name) for name in _CREDENTIAL_FIELDS if name in asked.given)
        yield from self.app_secrets


def _some[T](found: list[T], otherwise: str) -> list[T]:
    if not found:
        raise EvidenceMissing(otherwise)
    return found
