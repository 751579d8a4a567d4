"""Tokens: protected at rest, and nowhere but where they belong."""

from http import HTTPStatus
from urllib.parse import parse_qs

import pytest

from drivers.phone import Phone, StoredFile
from drivers.tenant import Account, Answer, Tenant
from faults import EvidenceMissing
from suites import claim
from suites.leaks import expect_cached, secrets_in, texts, told
from suites.tour import API, TOKENS, Tour
from suites.watch import Watch
from traffic.leaks import tokens_go_only_where_they_belong, tokens_stay_out_of_urls

TOKEN_KINDS = {"access_token", "refresh_token", "id_token", "password", "code_verifier"}


@pytest.fixture(scope="module")
def before_sign_in(whole_wire: Watch) -> Watch:
    """Asked for before `at_work`, so that its sign-in lies behind it."""
    return whole_wire.from_now()


@claim("C15")
def test_no_token_stands_in_clear_on_the_phone(tour: Tour) -> None:
    expect_cached(tour.files, tour.marks)
    secrets = [secret for secret in tour.secrets if secret.kind in TOKEN_KINDS]

    found = secrets_in(tour.files, secrets)

    assert found == [], told("secrets stand in clear on the phone", found)


@claim("C15")
def test_the_phones_log_holds_no_secret(phone: Phone, tour: Tour) -> None:
    """Of no kind, whoever wrote it: each program that may read the log would have it (MASTG-TEST-0203, 0296)."""
    if phone.start_in_log not in tour.log:
        msg = "the phone's log holds no start of an app, so it says nothing about what was logged"
        raise EvidenceMissing(msg)

    found = secrets_in([StoredFile("the phone's log", tour.log.encode())], tour.secrets)

    assert found == [], told("secrets stand in the phone's log", found)


@claim("O9")
def test_no_token_stands_in_a_url(tour: Tour) -> None:
    findings = texts(tour.findings(tokens_stay_out_of_urls))

    assert findings == [], told("secrets in URLs", findings)


@claim("O13")
def test_each_token_goes_only_to_its_own_server(tour: Tour) -> None:
    findings = texts(tour.findings(tokens_go_only_where_they_belong))

    assert findings == [], told("secrets at servers that they are not for", findings)


@claim("C34")
def test_the_access_token_goes_only_to_its_own_tenant(tour: Tour) -> None:
    misplaced = tour.findings(tokens_go_only_where_they_belong)
    findings = texts(finding for finding in misplaced if finding.kind == "access_token")

    assert findings == [], told("the access token was handed to others", findings)


@claim("C34")
@pytest.mark.usefixtures("before_sign_in", "at_work")
def test_the_tokens_open_nothing_elsewhere(
    before_sign_in: Watch, ada: Account, tenant: Tenant, other_customer: str
) -> None:
    call = before_sign_in.first(API, seconds=5, method="GET")
    authorization = {"Authorization": call.header("authorization") or ""}
    elsewhere = call.url.replace(f"/{ada.tenants[0]}/", f"/{other_customer}/")

    own, other = tenant.call("GET", call.url, authorization), tenant.call("GET", elsewhere, authorization)

    expect_ok(own, "the access token does not open its own tenant")
    assert other.status == 401, f"the token of {ada.tenants[0]} was answered {other.status} by {other_customer}"


@claim("C34")
@pytest.mark.usefixtures("before_sign_in", "at_work")
def test_the_refresh_token_works_for_no_other_application(before_sign_in: Watch, tenant: Tenant) -> None:
    refresh = next(secret.value for secret in tenant.secrets() if secret.kind == "refresh_token")
    request = before_sign_in.first(TOKENS, seconds=5, method="POST")
    own_client = parse_qs(request.request_body.decode())["client_id"][0]
    form = {"grant_type": "refresh_token", "refresh_token": refresh}

    own, other = (
        tenant.call("POST", request.url, {}, {**form, "client_id": client})
        for client in (own_client, tenant.other_client())
    )

    expect_ok(own, "the refresh token does not work for its own application")
    assert other.status == 400, f"the refresh token was answered {other.status} for another application"


def expect_ok(answer: Answer, otherwise: str) -> None:
    """The control: where even the rightful call fails, the refusal of the other one proves nothing."""
    if answer.status != HTTPStatus.OK:
        msg = f"{otherwise} ({answer.status})"
        raise EvidenceMissing(msg)
