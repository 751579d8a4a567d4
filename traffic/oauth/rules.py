"""O1 to O18 as functions of a dialogue, all of them in RULES; one that saw nothing of its kind raises EvidenceMissing.

A finding says whose it is: SuperID documents some deviations from RFC 9700, and those are the server's.
"""

import re
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlsplit

from faults import EvidenceMissing
from traffic.findings import Finding
from traffic.oauth.dialogue import Dialogue
from traffic.oauth.id_token import troubles_of
from traffic.oauth.legs import LOOPBACK, Leg
from traffic.redaction import redacted
from traffic.secrets import Secrets, Side

type Rule = Callable[[Dialogue], Iterator[Breach]]

AT_ONCE = 60.0
"""Seconds from the redirect to the token call; a code is good for ten minutes at most (RFC 6749 §4.1.2)."""
_STATE = 22  # characters: 128 bits in base64url
_SEVERAL = 2
_CHARACTERS = 8  # different ones at least, in what looks like chance
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER = re.compile(r"[A-Za-z0-9\-._~]{43,128}")
_PRIVATE_SCHEME = re.compile(r"[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:/(?!/)\S*", re.IGNORECASE)
_WEB_VIEW = re.compile(r"; wv\)|Version/4\.0 Chrome/|\(i(Phone|Pad)(?!.*Safari/)", re.DOTALL)
_TOKENS = ("access_token", "id_token", "refresh_token")
_LOCATION = "header:location"
_REPLAY_REFUSED = range(400, 500)


@dataclass(frozen=True, slots=True)
class Breach:
    """What broke a rule, and on which leg."""

    leg: Leg
    text: str
    side: Side = Side.APP
    where: str = "request"


@dataclass(frozen=True, slots=True)
class Judgement:
    """`unasked` names the rules of which a sign-in need not show anything, and did not."""

    findings: tuple[Finding, ...]
    blocked: tuple[str, ...]
    unasked: tuple[str, ...] = ()


def sign_in_runs_in_an_external_user_agent(seen: Dialogue) -> Iterator[Breach]:
    """No web view, and not the app itself (RFC 8252 §6 and §8.12); its token call shows how the app calls itself."""
    for asked in seen.asked():
        if not asked.leg.agent:
            yield Breach(asked.leg, "the authorization request names no user agent")
        elif _WEB_VIEW.search(asked.leg.agent) or (asked.inside and asked.inside != "XMLHttpRequest"):
            yield Breach(asked.leg, "the sign-in page was shown by a web view inside an app")
        elif asked.leg.agent in seen.app_agents():
            yield Breach(asked.leg, "the app that calls the token endpoint made the authorization request itself")
    seen.called()


def only_the_code_flow_is_used(seen: Dialogue) -> Iterator[Breach]:
    """No implicit and no hybrid flow; no token in any redirect (RFC 9700 §2.1.2)."""
    for asked in seen.asked():
        if asked.given.get("response_type") != ("code",):
            yield Breach(asked.leg, "response_type is not code")
    for back in seen.backs:
        if found := [name for name in _TOKENS if name in back.given]:
            where = "body" if back.posted else _LOCATION
            yield Breach(back.leg, f"{', '.join(found)} in a redirect", Side.SERVER, where)


def pkce_ties_the_code_to_the_app(seen: Dialogue) -> Iterator[Breach]:
    """S256, and the verifier of the token call hashes to the challenge (RFC 7636 §4; RFC 9700 §2.1.1)."""
    for asked in seen.asked():
        if asked.given.get("code_challenge_method") != ("S256",):
            yield Breach(asked.leg, "code_challenge_method is not S256")
        if not _CHALLENGE.fullmatch(asked.one("code_challenge")):
            yield Breach(asked.leg, "code_challenge is no SHA-256 in base64url")
    challenges = {asked.one("code_challenge") for asked in seen.authorizations}
    for call in seen.redeemed():
        verifier, asked_for = call.one("code_verifier"), seen.authorization_for(call)
        expected = {asked_for.one("code_challenge")} if asked_for else challenges
        if not _VERIFIER.fullmatch(verifier):
            yield Breach(call.leg, "code_verifier is missing or not of 43 to 128 unreserved characters")
        elif _challenge(verifier) not in expected:
            yield Breach(call.leg, "code_verifier does not hash to the challenge of its sign-in")


def every_sign_in_has_its_own_verifier(seen: Dialogue) -> Iterator[Breach]:
    """No challenge and no verifier comes twice (RFC 7636 §7.1); one sign-in alone shows nothing of that."""
    asked = [each for each in seen.asked() if each.leg.status is not None]
    if len(asked) < _SEVERAL:
        raise EvidenceMissing("only one sign-in was recorded, so nothing could come twice")
    for each in _repeated(asked, lambda one: one.one("code_challenge")):
        yield Breach(each.leg, "the code_challenge of an earlier sign-in came again")
    calls = {call.one("code"): call for call in seen.token_calls if call.grant == "authorization_code"}
    for call in _repeated(calls.values(), lambda one: one.one("code_verifier")):
        yield Breach(call.leg, "the code_verifier of an earlier sign-in came again")


def a_fresh_state_guards_the_redirect(seen: Dialogue) -> Iterator[Breach]:
    """Of 128 bits by its looks, never the same, and returned as it was sent (RFC 9700 §4.7; RFC 8252 §8.9).

    A code that comes with another state is not redeemed.
    """
    asked = [each for each in seen.asked() if each.leg.status is not None]
    for each in asked:
        state = each.one("state")
        if len(state) < _STATE or len(set(state)) < _CHARACTERS:
            yield Breach(each.leg, "state is missing or has less than 128 bits")
    for each in _repeated(asked, lambda one: one.one("state")):
        yield Breach(each.leg, "the state of an earlier sign-in came again")
    known = {each.one("state") for each in seen.every_request}
    redeemed = {call.one("code"): call for call in seen.token_calls if call.one("code")}
    for back in seen.backs:
        if back.one("state") not in known:
            yield Breach(back.leg, "the redirect carries a state that nobody sent", Side.SERVER, _LOCATION)
            if (call := redeemed.get(back.one("code"))) and seen.redirect_with(call.one("code")) is back:
                yield Breach(call.leg, "a code was redeemed that came with a state which the app had not sent")


def the_redirect_is_one_for_native_apps(seen: Dialogue) -> Iterator[Breach]:
    """A loopback literal, a private scheme by reverse domain, or claimed https (RFC 8252 §7.1 to §7.3, §8.3)."""
    for asked in seen.asked():
        if not is_native_redirect(asked.one("redirect_uri")):
            yield Breach(asked.leg, "redirect_uri is neither loopback, nor a private scheme, nor https")


def the_redirect_stays_the_same(seen: Dialogue) -> Iterator[Breach]:
    """In the token call and in the answer as in the request (RFC 6749 §4.1.3; RFC 9700 §2.1 and §4.1.3)."""
    redeemed = seen.redeemed()
    wanted = {asked.one("redirect_uri") for asked in seen.asked()}
    for call in redeemed:
        asked = seen.authorization_for(call)
        if wanted and call.one("redirect_uri") not in ({asked.one("redirect_uri")} if asked else wanted):
            yield Breach(call.leg, "redirect_uri differs between authorization request and token call")
    asked_for = {_bare(asked.one("redirect_uri")) for asked in seen.every_request}
    for back in seen.backs:
        if back.target not in asked_for:
            yield Breach(back.leg, "the answer went to an address that nobody asked for", Side.SERVER, _LOCATION)


def the_app_holds_no_shared_secret(seen: Dialogue) -> Iterator[Breach]:
    """A secret in an app that anybody can install is none (RFC 8252 §8.5)."""
    seen.called()
    for leg, what in seen.shared_secrets():
        yield Breach(leg, f"{what}: a secret in the app")


def a_code_is_used_once_and_at_once(seen: Dialogue) -> Iterator[Breach]:
    """Never sent twice, never late; the server refuses its replay (RFC 6749 §4.1.2; RFC 9700 §2.1.1)."""
    calls = [call for call in seen.redeemed() if call.leg.status is not None]
    for call in _repeated(calls, lambda one: one.one("code")):
        yield Breach(call.leg, "an authorization code was sent to the token endpoint again")
        first = next(each for each in calls if each.one("code") == call.one("code"))
        if first.succeeded and call.leg.status not in _REPLAY_REFUSED:
            yield Breach(call.leg, "the replay of an authorization code was not refused", Side.SERVER)
    for call in calls:
        back = seen.redirect_with(call.one("code"))
        if back and call.leg.at - back.leg.at > AT_ONCE:
            yield Breach(call.leg, f"an authorization code was redeemed only {call.leg.at - back.leg.at:.0f} s later")
    if any(seen.redirect_with(call.one("code")) is None for call in calls):
        raise EvidenceMissing("a code was redeemed whose redirect was not recorded, so nobody can say how late")


def refresh_tokens_are_rotated_or_bound(seen: Dialogue) -> Iterator[Breach]:
    """RFC 9700 §2.2.2 and §4.14. SuperID documents re-use, so that is the server's (auth-code-flow.mdx)."""
    replaced: set[str] = set()
    for call in seen.refreshed():
        used, new = call.one("refresh_token"), call.answered("refresh_token")
        if used in replaced:
            yield Breach(call.leg, "a refresh token was used after it had been replaced")
            if call.succeeded:
                yield Breach(call.leg, "a refresh token that had been replaced was still taken", Side.SERVER, "body")
        if call.succeeded and new and new != used:
            replaced.add(used)
        elif call.succeeded and not call.bound:
            yield Breach(call.leg, "a used refresh token stays good and is bound to no sender", Side.SERVER, "body")


def the_app_never_handles_a_password(seen: Dialogue) -> Iterator[Breach]:
    """No password grant, and no password posted by another program than the browser (RFC 9700 §2.4)."""
    for call in seen.called():
        if call.grant == "password" or "password" in call.given:
            yield Breach(call.leg, "the password grant is used")
    agents, browsers = seen.app_agents(), {asked.leg.agent for asked in seen.authorizations}
    told = {call.leg for call in seen.token_calls}
    for leg in seen.passwords:
        if leg not in told and (leg.agent in agents or (browsers and leg.agent not in browsers)):
            yield Breach(leg, "the app itself posts a password")


def the_id_token_is_meant_for_this_sign_in(seen: Dialogue) -> Iterator[Breach]:
    """Issuer, audience, nonce and expiry (OIDC Core 3.1.3.7); the issuer named in the redirect (RFC 9700 §4.4).

    A nonce comes once. An app that shows the access token of such an answer to a server has taken it.
    """
    answered = [each for each in seen.authorizations if each.leg.status is not None]
    for each in _repeated(answered, lambda one: one.one("nonce")):
        yield Breach(each.leg, "the nonce of an earlier sign-in came again")
    tokens = [(call, call.answered("id_token")) for call in seen.issued() if call.answered("id_token")]
    if not tokens:
        raise EvidenceMissing("no id_token was issued in what was recorded")
    for call, token in tokens:
        asked = seen.authorization_for(call)
        nonce = asked.one("nonce") if asked else None
        for trouble in troubles_of(token, call.leg.host, call.one("client_id"), nonce, call.leg.at):
            yield Breach(call.leg, trouble, Side.SERVER, "body")
            if seen.was_shown(call.answered("access_token"), call.leg.at):
                yield Breach(call.leg, f"the app went on with {trouble}")
    hosts = {call.leg.host for call in seen.token_calls}
    for back in seen.backs:
        issuer = urlsplit(back.one("iss")).hostname
        if "iss" in back.given and issuer not in hosts and back.one("code"):
            yield from (
                Breach(call.leg, "a code of another issuer was redeemed here (mix-up)")
                for call in seen.token_calls
                if call.one("code") == back.one("code")
            )


def every_leg_uses_tls(seen: Dialogue) -> Iterator[Breach]:
    """Except the redirect to the loopback (RFC 9700 §2.6; RFC 8252 §8.3)."""
    if not seen.authorizations:
        seen.called()
    hosts = seen.sign_in_hosts()
    for leg in seen.in_clear:
        if leg.host in hosts:
            yield Breach(leg, "a leg of the sign-in, or a request to its servers, in clear")


def the_server_redirects_only_where_it_may(seen: Dialogue) -> Iterator[Breach]:
    """No answer to an address that is none of an app, nor without a page between (RFC 9700 §4.11; RFC 8252 §8.6)."""
    for back in seen.answered():
        if not is_native_redirect(back.target):
            yield Breach(back.leg, "the browser was sent to an address that is no app's", Side.SERVER, _LOCATION)


def token_answers_are_not_stored(seen: Dialogue) -> Iterator[Breach]:
    """Cache-Control: no-store (RFC 6749 §5.1)."""
    for call in seen.issued():
        if "no-store" not in call.cache_control:
            yield Breach(call.leg, "tokens in an answer that may be stored", Side.SERVER, "header:cache-control")


def after_a_logout_no_token_is_used(seen: Dialogue) -> Iterator[Breach]:
    """The refresh tokens of before are used no more (RFC 9700 §4.14.2); WSTG-SESS-06."""
    for out in seen.signed_out():
        before = {call.answered("refresh_token") for call in seen.token_calls if call.leg.at < out.at}
        before |= {call.one("refresh_token") for call in seen.token_calls if call.leg.at < out.at}
        for call in seen.token_calls:
            if call.leg.at > out.at and call.one("refresh_token") in before - {""}:
                yield Breach(call.leg, "a refresh token was used after its user had signed out")


RULES: dict[Rule, str] = {
    sign_in_runs_in_an_external_user_agent: "O1",
    only_the_code_flow_is_used: "O2",
    pkce_ties_the_code_to_the_app: "O3",
    every_sign_in_has_its_own_verifier: "O4",
    a_fresh_state_guards_the_redirect: "O5",
    the_redirect_is_one_for_native_apps: "O6",
    the_redirect_stays_the_same: "O7",
    the_app_holds_no_shared_secret: "O8",
    a_code_is_used_once_and_at_once: "O10",
    refresh_tokens_are_rotated_or_bound: "O11",
    the_app_never_handles_a_password: "O12",
    the_id_token_is_meant_for_this_sign_in: "O14",
    every_leg_uses_tls: "O15",
    the_server_redirects_only_where_it_may: "O16",
    token_answers_are_not_stored: "O17",
    after_a_logout_no_token_is_used: "O18",
}


OCCASIONAL: frozenset[Rule] = frozenset(
    {
        every_sign_in_has_its_own_verifier,
        refresh_tokens_are_rotated_or_bound,
        the_id_token_is_meant_for_this_sign_in,
        after_a_logout_no_token_is_used,
    }
)
"""About a second sign-in, a refresh, an ID token and a log out: one sign-in may come without, and breaks nothing."""


def findings_of(rule: Rule, seen: Dialogue, secrets: Secrets) -> tuple[Finding, ...]:
    """Raises EvidenceMissing where it found nothing, and not all was recorded that it needs to say so."""
    found, missing = _judged(rule, seen, secrets)
    if missing and not found:
        raise missing
    return found


def judge(seen: Dialogue, secrets: Secrets, rules: Iterable[Rule] = tuple(RULES)) -> Judgement:
    """All rules; what could not be judged is named with its reason, once for each reason."""
    findings: list[Finding] = []
    blocked: dict[str, list[str]] = {}
    unasked: dict[str, list[str]] = {}
    for rule in rules:
        found, missing = _judged(rule, seen, secrets)
        findings.extend(found)
        if missing:
            (unasked if rule in OCCASIONAL else blocked).setdefault(str(missing), []).append(RULES[rule])
    return Judgement(tuple(findings), _told(blocked), _told(unasked))


def _judged(rule: Rule, seen: Dialogue, secrets: Secrets) -> tuple[tuple[Finding, ...], EvidenceMissing | None]:
    """What it found before it had to stop counts."""
    found: list[Finding] = []
    try:
        for breach in rule(seen):
            found.append(_finding(rule, breach, secrets))  # noqa: PERF401 -- what came before it stopped is kept
    except EvidenceMissing as missing:
        return tuple(found), missing
    return tuple(found), None


def _told(reasons: Mapping[str, list[str]]) -> tuple[str, ...]:
    return tuple(f"{', '.join(claims)}: {why}" for why, claims in reasons.items())


def is_native_redirect(uri: str) -> bool:
    """RFC 8252 §7.1 to §7.3: reverse-domain scheme with a single slash, claimed https, or a loopback address."""
    try:
        parts = urlsplit(uri)
        host = parts.hostname
    except ValueError:
        return False
    if parts.scheme == "https":
        return bool(host) and not parts.fragment
    if parts.scheme == "http":
        return host in LOOPBACK - {"localhost"} and not parts.fragment
    return _PRIVATE_SCHEME.fullmatch(uri) is not None


def _finding(rule: Rule, breach: Breach, secrets: Secrets) -> Finding:
    host = redacted(breach.leg.host, secrets)
    name = getattr(rule, "__name__", str(rule))
    text, sent = f"{breach.text} ({host})", redacted(breach.leg.sent, secrets)
    return Finding(name, RULES[rule], breach.leg.n, host, breach.side, breach.where, text, sent=sent)


def _bare(uri: str) -> str:
    """Without parameters, which the answer puts its own beside."""
    return uri.partition("?")[0].partition("#")[0]


def _challenge(verifier: str) -> str:
    """RFC 7636 §4.2."""
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _repeated[T](each: Iterable[T], key: Callable[[T], Hashable]) -> Iterator[T]:
    """Those whose key has come before; an empty one is another rule's affair."""
    seen: Counter[Hashable] = Counter()
    for one in each:
        value = key(one)
        seen[value] += 1
        if value and seen[value] > 1:
            yield one
