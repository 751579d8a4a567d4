"""Host names, TLS, and input that nobody should send."""

import socket
import ssl
import warnings
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.testbed.cloud.cloud_visitor import Cloud, ToPort, tokens_for


def test_a_tenant_on_the_wrong_host_is_misdirected(client: httpx.Client) -> None:
    for host in ("online3", "online", "id"):
        response = client.get(f"https://{host}.superoffice.test/Cust10001/api/v1/Contact")

        assert (response.status_code, response.text) == (421, "Wrong subdomain used to access tenant")


def test_a_tenant_that_does_not_exist_is_not_found(client: httpx.Client) -> None:
    assert client.get("https://online2.superoffice.test/Cust30003/api/v1/Contact").status_code == 404


@pytest.mark.parametrize("host", ["example.test", "superoffice.test", "127.0.0.1", "x.online.superoffice.test"])
def test_an_unknown_host_is_not_found(client: httpx.Client, host: str) -> None:
    response = client.get("https://online.superoffice.test/login/.well-known/jwks", headers={"Host": host})

    assert response.status_code == 404


def test_a_host_may_be_written_with_its_port_and_in_capitals(client: httpx.Client) -> None:
    response = client.get(
        "https://online.superoffice.test/login/.well-known/jwks",
        headers={"Host": "Online.SuperOffice.test:443"},
    )

    assert response.status_code == 200


@pytest.mark.parametrize("path", ["/admin", "/reset", "/secrets", "/accounts", "/evidence", "/"])
def test_public_hosts_know_nothing_of_the_lab(cloud: Cloud, client: httpx.Client, path: str) -> None:
    headers = {"Authorization": f"Bearer {cloud.ready['admin_token']}"}

    statuses = {client.get(f"https://{host}{path}", headers=headers).status_code for host in cloud.ready["hosts"]}

    assert statuses == {404}


def test_the_certificate_is_good_for_every_host_and_no_other(cloud: Cloud, client: httpx.Client) -> None:
    for host in cloud.ready["hosts"]:
        client.get(f"https://{host}/")

    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        client.get("https://elsewhere.test/")


def test_who_does_not_know_the_test_ca_is_not_deceived(cloud: Cloud) -> None:
    with (
        httpx.Client(transport=ToPort(cloud.ready["port"], ssl.create_default_context())) as stranger,
        pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        stranger.get("https://online.superoffice.test/")


def test_old_tls_is_refused(cloud: Cloud) -> None:
    old = ssl.create_default_context(cafile=cloud.ready["ca"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        old.minimum_version = ssl.TLSVersion.TLSv1
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    old.set_ciphers("ALL:@SECLEVEL=0")

    with (
        socket.create_connection(("127.0.0.1", cloud.ready["port"])) as plain,
        pytest.raises(ssl.SSLError),
    ):
        old.wrap_socket(plain, server_hostname="online.superoffice.test")


def test_a_body_too_large_is_refused(client: httpx.Client) -> None:
    response = client.post("https://online2.superoffice.test/Cust10001/api/v1/Contact", content=b"x" * 1_000_001)

    assert (response.status_code, response.json()["ErrorMessage"]) == (413, "The body is too large")


def test_a_token_that_is_sent_bare_is_no_scheme(cloud: Cloud, client: httpx.Client) -> None:
    token = tokens_for(cloud, "ada@nordlys.test")["access_token"]
    since = len(cloud.admin.get("/evidence").json())
    for header in (token, f"Bearer {token}", f"{token} Bearer", "Basic", ""):
        client.get("https://online2.superoffice.test/Cust10001/api/v1/Contact/1", headers={"Authorization": header})

    seen = cloud.admin.get("/evidence", params={"since": since}).json()

    assert [each["auth_scheme"] for each in seen] == ["other", "Bearer", "other", "Basic", "other"]
    assert token not in (Path(cloud.ready["ca"]).parent / "evidence.jsonl").read_text()


PATHS = st.sampled_from(
    [
        ("online", "/login/common/oauth/authorize"),
        ("online", "/login/common/oauth/tokens"),
        ("online", "/api/state/Cust10001"),
        ("id", "/login"),
        ("id", "/login/password"),
        ("id", "/login/tenant"),
        ("id", "/logout"),
        ("online2", "/Cust10001/api/v1/Contact"),
        ("online2", "/Cust10001/api/v1/Contact/1"),
        ("online2", "/Cust10001/api/v1/Agents/Pocket/GetPocketStartupData"),
        ("online2", "/Cust10001/api/v1/Preference/a/b"),
        ("online", "/login/common/oauth/revoke"),
        ("id", "/login/consent"),
        ("id", "/login/callback/google"),
        ("central", "/v1/cards"),
        ("central", "/v1/push/devices"),
        ("central", "/v1/push/devices/x/tags"),
        ("in.appcenter.test", "/logs"),
        ("accounts.google.test", "/o/oauth2/v2/auth"),
        ("accounts.google.test", "/o/oauth2/token"),
        ("accounts.google.test", "/signin/password"),
        ("login.microsoft.test", "/signin/federated"),
        ("login.lyngen.test", "/oauth2/token"),
        ("solberg.sharepoint.test", "/sites/crm/documents/1"),
        ("solberg.sharepoint.test", "/_forms/default.aspx"),
        ("crm.onsite.test", "/netserver/api/v1/Contact"),
        ("crm.onsite.test", "/netserver/api/v1/Agents/SoPrincipal/Authenticate"),
        ("pki.pocketgate.test", "/ca.crl"),
    ],
)
NAMES = st.sampled_from(
    [
        *("client_id", "redirect_uri", "request", "csrf", "email", "$top", "$filter", "$select", "x"),
        *("state", "code", "token", "grant_type", "response_type", "scope", "nonce", "id_token_hint", "Api-Version"),
    ],
)
VALUES = st.one_of(
    st.sampled_from(
        ["pocket-mobile", "superid", "test.superoffice.pocket:/signed-in", "S256", "code", "openid", "x.y.z"]
    ),
    st.text(max_size=20),
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=st.sampled_from(["GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS"]),
    place=PATHS,
    query=st.dictionaries(NAMES, VALUES, max_size=4),
    body=st.one_of(st.binary(max_size=60), st.just(b'{"Tables": null}'), st.just(b"client_id=pocket-mobile&email=%00")),
    kind=st.sampled_from(
        ["application/json", "application/x-www-form-urlencoded", "text/plain", "multipart/form-data"]
    ),
)
def test_no_input_makes_the_cloud_stumble(  # noqa: PLR0913, PLR0917 -- what a request is made of
    ada: httpx.Client,
    method: str,
    place: tuple[str, str],
    query: dict[str, str],
    body: bytes,
    kind: str,
) -> None:
    host = place[0] if place[0].endswith(".test") else f"{place[0]}.superoffice.test"
    url = f"https://{host}{place[1]}"

    response = ada.request(method, url, params=query, content=body, headers={"Content-Type": kind})

    assert response.status_code < 500
