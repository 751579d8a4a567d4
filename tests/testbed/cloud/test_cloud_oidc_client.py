"""A client that nobody here wrote completes every flow of the sign-in service."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import httpx
import pytest
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from joserfc.errors import BadSignatureError, InvalidKeyIdError

from tests.testbed.cloud.cloud_visitor import REDIRECT, Browser, Cloud
from tests.testbed.cloud.oidc_client import Relying, ToPort

ADA, DOT = "ada@nordlys.test", "dot@partner.test"
API = "https://online2.superoffice.test/Cust10001/api/v1"

Maker = Callable[..., Relying]


@pytest.fixture
def relying(cloud: Cloud) -> Iterator[Maker]:
    with ExitStack() as open_clients:

        def make(client_id: str = "pocket-mobile", redirect: str = REDIRECT, **options: str) -> Relying:
            client = OAuth2Client(
                client_id,
                scope="openid",
                redirect_uri=redirect,
                transport=ToPort(cloud.ready["port"], cloud.trust),
                trust_env=False,
                **{"token_endpoint_auth_method": "none", "code_challenge_method": "S256", **options},
            )
            return Relying(open_clients.enter_context(client))

        yield make


def signed_in(cloud: Cloud, browser: Browser, party: Relying, **wishes: str) -> dict[str, str]:
    address, state = party.start(**wishes)
    page = browser.sign_in(browser.open(address), ADA, cloud.password(ADA))
    if page.has("approve"):
        browser.submit(page, "approve")
    return dict(party.finish(browser.left_to, state))


def test_sign_in_refresh_and_revocation(cloud: Cloud, browser: Browser, relying: Maker) -> None:
    party = relying()
    tokens = signed_in(cloud, browser, party)
    claims = party.claims(tokens["id_token"], time.time())
    renewed = party.client.refresh_token(party.metadata["token_endpoint"], refresh_token=tokens["refresh_token"])
    assert claims["sub"] == ADA
    assert party.claims(renewed["id_token"], time.time(), nonce=False)["sub"] == ADA
    assert party.client.get(f"{API}/Contact/1").status_code == 200

    answer = party.client.revoke_token(
        party.metadata["revocation_endpoint"], tokens["refresh_token"], token_type_hint="refresh_token"
    )

    assert (answer.status_code, answer.content) == (200, b"")
    with pytest.raises(OAuthError, match="invalid_grant"):
        party.client.refresh_token(party.metadata["token_endpoint"], refresh_token=tokens["refresh_token"])
    assert party.client.get(f"{API}/Contact/1").status_code == 401


def test_revoking_an_access_token_leaves_the_refresh_token_good(cloud: Cloud, browser: Browser, relying: Maker) -> None:
    party = relying()
    tokens = signed_in(cloud, browser, party)
    party.client.revoke_token(party.metadata["revocation_endpoint"], tokens["access_token"])

    assert party.client.get(f"{API}/Contact/1").status_code == 401
    party.client.refresh_token(party.metadata["token_endpoint"], refresh_token=tokens["refresh_token"])
    assert party.client.get(f"{API}/Contact/1").status_code == 200


def test_a_state_that_is_not_its_own_is_refused_by_the_client(cloud: Cloud, browser: Browser, relying: Maker) -> None:
    party = relying()
    address, _ = party.start()
    browser.sign_in(browser.open(address), ADA, cloud.password(ADA))

    with pytest.raises(AuthlibBaseError, match="mismatching_state"):
        party.finish(browser.left_to, "another")


def test_plain_pkce_where_the_client_may(cloud: Cloud, browser: Browser, relying: Maker) -> None:
    party = relying()
    wishes = {"code_challenge": party.verifier, "code_challenge_method": "plain"}
    browser.open(party.start(**wishes)[0].replace("S256", "plain"))
    assert "error=invalid_request" in browser.left_to
    cloud.admin.patch("/clients/pocket-mobile", json={"pkce": "plain"}).raise_for_status()

    party = relying(code_challenge_method="plain")
    tokens = signed_in(cloud, browser, party, code_challenge=party.verifier)

    assert party.claims(tokens["id_token"], time.time())["sub"] == ADA


def test_a_confidential_client_signs_in_with_its_secret_alone(cloud: Cloud, browser: Browser, relying: Maker) -> None:
    told = cloud.admin.patch("/clients/crm-web", json={"confidential": True}).json()
    home = "https://online2.superoffice.test/signed-in"
    for method in ("client_secret_post", "client_secret_basic"):
        party = relying("crm-web", home, client_secret=told["client_secret"], token_endpoint_auth_method=method)
        address, state = party.start(prompt="login")
        page = browser.open(address)
        page = browser.submit(page, "next", email=ADA)
        browser.stop_at = home
        browser.submit(page, "sign_in", password=cloud.password(ADA))
        tokens = party.finish(browser.left_to, state)

        assert party.claims(tokens["id_token"], time.time())["aud"] == "crm-web"
    wrong = relying("crm-web", home, client_secret="wrong", token_endpoint_auth_method="client_secret_post")
    with pytest.raises(OAuthError, match="invalid_client"):
        wrong.client.refresh_token(wrong.metadata["token_endpoint"], refresh_token=tokens["refresh_token"])


def test_rotating_refresh_tokens_serve_once(cloud: Cloud, browser: Browser, relying: Maker) -> None:
    cloud.admin.patch("/settings", json={"refresh_tokens": "rotating"}).raise_for_status()
    party = relying()
    first = signed_in(cloud, browser, party)["refresh_token"]
    endpoint = party.metadata["token_endpoint"]

    second = party.client.refresh_token(endpoint, refresh_token=first)["refresh_token"]
    third = party.client.refresh_token(endpoint, refresh_token=second)["refresh_token"]

    assert len({first, second, third}) == 3
    with pytest.raises(OAuthError, match="used before"):
        party.client.refresh_token(endpoint, refresh_token=first)
    with pytest.raises(OAuthError, match="invalid_grant"):
        party.client.refresh_token(endpoint, refresh_token=third)
    assert party.client.get(f"{API}/Contact/1").status_code == 401


def test_keys_rotate_and_old_id_tokens_stay_good_for_a_while(cloud: Cloud, browser: Browser, relying: Maker) -> None:
    party = relying()
    old = signed_in(cloud, browser, party)
    cloud.admin.post("/keys/rotate").raise_for_status()

    new = party.client.refresh_token(party.metadata["token_endpoint"], refresh_token=old["refresh_token"])
    kids = [key.kid for key in party.keys().keys]
    claims = party.claims(old["id_token"], time.time())

    assert len(kids) == 2
    assert party.claims(new["id_token"], time.time(), nonce=False)["sub"] == claims["sub"] == ADA
    cloud.admin.post("/clock", json={"advance_seconds": 86_401})
    assert [key.kid for key in party.keys().keys] == kids[:1]
    with pytest.raises((BadSignatureError, InvalidKeyIdError)):
        party.claims(old["id_token"], time.time())


def test_logout_ends_the_browsers_session_and_comes_back(cloud: Cloud, browser: Browser, relying: Maker) -> None:
    party = relying()
    tokens = signed_in(cloud, browser, party)
    back = "test.superoffice.pocket:/signed-out"
    wishes = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": back, "state": "s 1"}

    browser.open(str(httpx.URL(party.metadata["end_session_endpoint"], params=wishes)))

    assert browser.left_to == f"{back}?state=s+1"
    assert browser.open(party.start()[0]).has("email")


@pytest.mark.parametrize(
    "wishes",
    [
        {"post_logout_redirect_uri": "https://elsewhere.example/", "client_id": "pocket-mobile"},
        {"post_logout_redirect_uri": "test.superoffice.pocket:/signed-out"},
        {"post_logout_redirect_uri": "test.superoffice.pocket:/signed-out", "client_id": "other-app"},
        {"id_token_hint": "x.y.z"},
    ],
)
def test_logout_goes_nowhere_that_is_not_registered(
    cloud: Cloud, browser: Browser, relying: Maker, wishes: dict[str, str]
) -> None:
    party = relying()
    signed_in(cloud, browser, party)
    browser.left_to = ""

    page = browser.open(str(httpx.URL(party.metadata["end_session_endpoint"], params=wishes)))

    assert (page.response.status_code, browser.left_to) == (400, "")


def test_another_app_needs_consent_once(cloud: Cloud, browser: Browser, relying: Maker) -> None:
    party = relying("other-app", "test.superoffice.other:/signed-in")
    address, _ = party.start()
    page = browser.sign_in(browser.open(address), ADA, cloud.password(ADA))
    assert (page.text("application"), page.text("company"), page.text("account")) == ("Another app", "Nordlys AS", ADA)
    browser.submit(page, "decline")
    assert "error=access_denied" in browser.left_to

    browser.submit(browser.open(party.start()[0]), "approve")
    assert "code=" in browser.left_to
    browser.left_to = ""
    browser.open(party.start()[0])

    assert "code=" in browser.left_to


def test_consent_is_of_one_user_and_can_be_withdrawn(cloud: Cloud, browser: Browser, relying: Maker) -> None:
    party = relying("other-app", "test.superoffice.other:/signed-in")
    tokens = signed_in(cloud, browser, party)
    gone = cloud.admin.delete("/consents", params={"client_id": "other-app", "email": ADA}).json()

    with pytest.raises(OAuthError, match="invalid_grant"):
        party.client.refresh_token(party.metadata["token_endpoint"], refresh_token=tokens["refresh_token"])
    assert gone == {"withdrawn": 1}
    assert browser.open(party.start()[0]).has("approve")


def test_prompt_none_gives_no_consent(cloud: Cloud, browser: Browser, relying: Maker) -> None:
    signed_in(cloud, browser, relying())

    browser.open(relying("other-app", "test.superoffice.other:/signed-in").start(prompt="none")[0])

    assert "error=consent_required" in browser.left_to


def test_a_codes_lifetime_is_the_labs_to_set(cloud: Cloud, browser: Browser, relying: Maker) -> None:
    cloud.admin.patch("/settings", json={"code_seconds": 5}).raise_for_status()
    party = relying()
    address, state = party.start()
    browser.sign_in(browser.open(address), ADA, cloud.password(ADA))
    cloud.admin.post("/clock", json={"advance_seconds": 6})

    with pytest.raises(OAuthError, match="expired"):
        party.finish(browser.left_to, state)


def test_the_tokens_lifetimes_are_the_labs_to_set(cloud: Cloud, browser: Browser, relying: Maker) -> None:
    cloud.admin.patch("/settings", json={"access_token_seconds": 7, "refresh_token_seconds": 5}).raise_for_status()
    party = relying()
    tokens = signed_in(cloud, browser, party)
    cloud.admin.post("/clock", json={"advance_seconds": 6})

    assert tokens["expires_in"] == 7
    with pytest.raises(OAuthError, match="expired"):
        party.client.refresh_token(party.metadata["token_endpoint"], refresh_token=tokens["refresh_token"])
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert browser.client.get(f"{API}/Contact/1", headers=bearer).status_code == 200


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"client_id": "pocket-mobile"}, 400, "invalid_request"),
        ({"client_id": "nobody", "token": "x"}, 401, "invalid_client"),
        ({"client_id": "pocket-mobile", "token": "never was"}, 200, None),
    ],
)
def test_revocation_in_the_words_of_its_rfc(
    client: httpx.Client, form: dict[str, str], status: int, error: str | None
) -> None:
    answer = client.post("https://online.superoffice.test/login/common/oauth/revoke", data=form)

    assert (answer.status_code, answer.json()["error"] if answer.content else None) == (status, error)


def test_no_client_revokes_the_tokens_of_another(cloud: Cloud, browser: Browser, relying: Maker) -> None:
    party = relying()
    tokens = signed_in(cloud, browser, party)
    other = relying("other-app", "test.superoffice.other:/signed-in")

    answer = other.client.revoke_token(party.metadata["revocation_endpoint"], tokens["access_token"])

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    assert party.client.get(f"{API}/Contact/1").status_code == 200
