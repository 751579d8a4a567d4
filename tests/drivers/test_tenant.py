from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from drivers.android.phone import AndroidPhone
from drivers.tenant import ReferenceTenant, ServedRequest, Tenant
from faults import EvidenceMissing, TenantFault
from gate.programs import free_port
from traffic.exchanges import Recording


@pytest.fixture
def clean(tenant: Tenant) -> Tenant:
    tenant.reset()
    return tenant


@pytest.fixture
def gone(lab: dict[str, Any]) -> Iterator[ReferenceTenant]:
    """A tenant whose servers do not answer any more."""
    tenant = ReferenceTenant(
        f"http://127.0.0.1:{free_port()}",
        "token",
        free_port(),
        Path(lab["lanes"][0]["cloud"]["ca"]),
        "superoffice.test",
    )
    yield tenant
    tenant.close()


@pytest.fixture
def stranger(lab: dict[str, Any]) -> Iterator[ReferenceTenant]:
    """Somebody who does not know the administrator's token."""
    cloud = lab["lanes"][0]["cloud"]
    tenant = ReferenceTenant(cloud["admin"], "guessed", cloud["port"], Path(cloud["ca"]), cloud["domain"])
    yield tenant
    tenant.close()


def test_an_account_is_known_by_its_name_and_who_has_two_tenants_has_two(clean: Tenant) -> None:
    assert clean.account("ada").email == "ada@nordlys.test"
    assert len(clean.account("dot").tenants) == 2


def test_an_account_that_is_not_there_is_named(clean: Tenant) -> None:
    with pytest.raises(TenantFault, match="the tenant has no account nobody@"):
        clean.account("nobody")


def test_a_tenant_that_has_issued_nothing_gives_no_secrets_to_look_for(clean: Tenant) -> None:
    with pytest.raises(EvidenceMissing, match="the tenant names no secrets"):
        clean.secrets()


def test_each_user_sees_records_of_the_own_tenant_only(clean: Tenant) -> None:
    ada, cid = clean.account("ada"), clean.account("cid")

    marks = {mark.text for mark in clean.markers(ada, ada.tenants[0])}

    assert len(marks) > 100
    assert marks.isdisjoint(mark.text for mark in clean.markers(cid, cid.tenants[0]))


def test_the_public_side_answers_past_the_app_with_its_own_certificate(clean: Tenant) -> None:
    answer = clean.call("GET", f"https://online.{clean.domain}/login/.well-known/openid-configuration?x=1", {})

    assert answer.status == 200
    assert b'"issuer"' in answer.body


def test_a_refusal_is_told_with_its_number(stranger: ReferenceTenant) -> None:
    with pytest.raises(TenantFault, match=r"^the tenant's administration refused POST /reset: 401"):
        stranger.reset()


def test_an_administration_that_is_gone_is_a_fault_of_the_tenant(gone: ReferenceTenant) -> None:
    with pytest.raises(TenantFault, match=r"^the tenant's administration does not answer GET /accounts: "):
        gone.account("ada")


def test_a_public_side_that_is_gone_is_a_fault_and_no_answer(gone: ReferenceTenant) -> None:
    with pytest.raises(TenantFault, match=r"^GET online\.superoffice\.test/login could not be asked: "):
        gone.call("GET", "https://online.superoffice.test/login", {})


def test_what_the_servers_answered_is_told_but_not_what_we_asked_ourselves(
    clean: Tenant, phone: AndroidPhone, recording: Recording
) -> None:
    path, host = "/login/.well-known/openid-configuration", f"online.{clean.domain}"
    began, told = recording.position(), [clean.served().count(ServedRequest("GET", host, path))]

    clean.call("GET", f"https://{host}{path}", {})
    told.append(clean.served().count(ServedRequest("GET", host, path)))
    phone.open_link(f"https://{host}{path}")
    recording.wait_for_exchange(lambda seen: seen.path == path, began)
    told.append(clean.served().count(ServedRequest("GET", host, path)))

    assert told == [told[0], told[0], told[0] + 1]
