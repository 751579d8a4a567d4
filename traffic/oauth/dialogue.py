"""All legs of all sign-ins of a recording, in the order of time; of other exchanges only what a rule counts."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from faults import EvidenceMissing
from traffic.events import Exchange
from traffic.oauth.legs import (
    Authorization,
    Leg,
    Pushed,
    Redirect,
    TokenCall,
    Values,
    authorization_of,
    bearer_of,
    is_logout,
    is_secure,
    leg_of,
    pointer_of,
    posted_answer_of,
    posted_fields,
    pushed_of,
    redirect_of,
    token_call_of,
)

_PASSWORD_FIELDS = frozenset({"password", "passwd", "pwd"})
_APP_TOKEN = "so-apptoken"  # noqa: S105 -- the name of a header
_REFERENCE = "request_uri"
_CREDENTIAL_FIELDS = ("client_secret", "client_assertion")


@dataclass(frozen=True, slots=True)
class Shown:
    """An access token was shown to a server; told once for calls that follow each other."""

    token: str
    at: float


@dataclass
class Dialogue:
    """Feed it every exchange with `take`; it holds no bodies and no more than the legs of the sign-ins.

    `requests` are all authorization requests as they were sent, `every_request` with what was pushed ahead of them, and
    `authorizations` those of the app, each sign-in's once. Every field is a list in the order of time, so that the
    dialogues of two parts of a recording are put together list by list.
    """

    requests: list[Authorization] = field(default_factory=list)
    pushed: list[Pushed] = field(default_factory=list)
    pointers: list[str] = field(default_factory=list)
    redirects: list[Redirect] = field(default_factory=list)
    posted: list[Redirect] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)
    token_calls: list[TokenCall] = field(default_factory=list)
    logouts: list[Leg] = field(default_factory=list)
    passwords: list[Leg] = field(default_factory=list)
    app_secrets: list[tuple[Leg, str]] = field(default_factory=list)
    in_clear: list[Leg] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._known: tuple[tuple[int, ...], _Order] | None = None

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
        if seen.is_http:
            posted = posted_fields(seen)
            self._take_legs(seen, posted)
            self._take_credentials(seen, posted)

    def _take_legs(self, seen: Exchange, posted: Values) -> None:
        if pushed := pushed_of(seen, posted):
            self.pushed.append(pushed)
            if pushed.basic:
                self.app_secrets.append((pushed.leg, "Basic authentication"))
        elif authorization := authorization_of(seen, posted):
            self.requests.append(authorization)
        if pointer := pointer_of(seen):
            self.pointers.append(pointer)
        if redirect := redirect_of(seen):
            self.redirects.append(redirect)
        if answer := posted_answer_of(seen, posted):
            self.posted.append(answer)
        if call := token_call_of(seen, posted):
            self.token_calls.append(call)
        if is_logout(seen):
            self.logouts.append(leg_of(seen))

    def _take_credentials(self, seen: Exchange, posted: Values) -> None:
        if (bearer := bearer_of(seen)) and not (self.shown and self.shown[-1].token == bearer):
            self.shown.append(Shown(bearer, seen.started))
        if _PASSWORD_FIELDS & posted.keys():
            self.passwords.append(leg_of(seen))
        if seen.header(_APP_TOKEN) is not None:
            self.app_secrets.append((leg_of(seen), "SO-AppToken"))
        if not is_secure(seen):
            self.in_clear.append(leg_of(seen))

    @property
    def authorizations(self) -> list[Authorization]:
        """The app's own, each sign-in's once."""
        return self._order().own

    @property
    def every_request(self) -> list[Authorization]:
        return self._order().requests

    @property
    def backs(self) -> list[Redirect]:
        """All answers to authorization requests, those that a browser posted only where somebody asked for it."""
        return self._order().backs

    def _order(self) -> "_Order":
        """Found once for as long as nothing is added."""
        size = (len(self.requests), len(self.pushed), len(self.redirects), len(self.posted), len(self.shown))
        if self._known is None or self._known[0] != size:
            self._known = size, _ordered(self)
        return self._known[1]

    # --- what a rule needs; each raises EvidenceMissing where there is none, for then it can say nothing

    def asked(self) -> list[Authorization]:
        found = _some(self.authorizations, "no sign-in was recorded (no authorization request)")
        if any(_REFERENCE in one.given and "response_type" not in one.given for one in found):
            raise EvidenceMissing("an authorization request was pushed ahead (RFC 9126), and that was not recorded")
        return found

    def answered(self) -> list[Redirect]:
        return _some(self.backs, "no sign-in was recorded to its end (no redirect back to the app)")

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
        back = self.redirect_with(call.one("code"))
        return self._order().by_state.get(back.one("state")) if back else None

    def redirect_with(self, code: str) -> Redirect | None:
        return self._order().by_code.get(code)

    def was_shown(self, token: str, since: float) -> bool:
        """Whether that access token was shown to a server from that moment on."""
        return self._order().last_shown.get(token, -1.0) >= since

    def app_agents(self) -> set[str]:
        """What the programs call themselves that call the token endpoint."""
        return {call.leg.agent for call in self.token_calls if call.leg.agent}

    def sign_in_hosts(self) -> set[str]:
        return {leg.host for leg in self._legs()}

    def _legs(self) -> Iterator[Leg]:
        for group in (self.authorizations, self.backs, self.token_calls):
            yield from (each.leg for each in group)

    def shared_secrets(self) -> Iterator[tuple[Leg, str]]:
        for call in self.token_calls:
            yield from ((call.leg, name) for name in _CREDENTIAL_FIELDS if name in call.given)
            if call.basic:
                yield call.leg, "Basic authentication"
        for asked in self.authorizations:
            yield from ((asked.leg, name) for name in _CREDENTIAL_FIELDS if name in asked.given)
        yield from self.app_secrets


@dataclass(frozen=True, slots=True)
class _Order:
    """What belongs together in a dialogue."""

    requests: list[Authorization]
    own: list[Authorization]
    backs: list[Redirect]
    by_code: dict[str, Redirect]
    by_state: dict[str, Authorization]
    last_shown: dict[str, float]


def _ordered(seen: Dialogue) -> _Order:
    pushed = {one.uri: one.given for one in seen.pushed if one.uri}
    requests = [_whole(asked, pushed) for asked in seen.requests]
    wanted = {asked.one("redirect_uri") for asked in requests}
    posted = [back for back in seen.posted if back.target in wanted]
    backs = sorted((*seen.redirects, *posted), key=lambda back: back.leg.at)
    own = list(_own(sorted(requests, key=lambda asked: asked.leg.at), backs, set(seen.pointers)))
    return _Order(
        requests,
        own,
        backs,
        {back.one("code"): back for back in reversed(backs) if back.one("code")},
        {asked.one("state"): asked for asked in own if asked.one("state")},
        {one.token: one.at for one in sorted(seen.shown, key=lambda one: one.at)},
    )


def _whole(asked: Authorization, pushed: Mapping[str, Values]) -> Authorization:
    """With what was pushed ahead of it, which counts alone (RFC 9126 §4)."""
    ahead = pushed.get(asked.one(_REFERENCE))
    return asked if ahead is None else replace(asked, given=ahead)


def _own(requests: list[Authorization], backs: list[Redirect], led: set[str]) -> Iterator[Authorization]:
    """Without what a server made of them: a request that its answer or page led to while a sign-in is under way.

    It is that sign-in on its way through the server's pages if it repeats all that makes it one, and the server's own
    request to an identity provider if it is in the name of a client that asked for nothing yet.
    """
    under_way, clients, answers = dict[str, Authorization](), set[str](), iter([*backs, None])
    back = next(answers)
    for asked in requests:
        while back and back.leg.at < asked.leg.at:
            under_way.pop(back.one("state"), None)
            back = next(answers)
        known = under_way.get(asked.one("state"))
        is_hop = asked.one("client_id") not in clients or (known is not None and _is_same(known, asked))
        if under_way and is_hop and (asked.from_page or asked.address in led):
            continue
        under_way[asked.one("state")] = asked
        clients.add(asked.one("client_id"))
        yield asked


def _is_same(one: Authorization, other: Authorization) -> bool:
    """In the name of the same client, with the same challenge and for the same address."""
    return all(one.given.get(name) == other.given.get(name) for name in ("client_id", "code_challenge", "redirect_uri"))


def _some[T](found: list[T], otherwise: str) -> list[T]:
    if not found:
        raise EvidenceMissing(otherwise)
    return found
