"""Configuring the app by a QR code: it only leads to the sign-in, and only to the right one."""

import pytest

from drivers.phone import Capability, Phone, StoredFile
from drivers.tenant import Account, Tenant
from faults import EvidenceMissing
from scenarios.configure import scan_nothing, scan_qr
from scenarios.screens import Diary, Notice, SuperId
from scenarios.sign_in import open_sign_in, pass_sign_in_pages
from suites import claim
from suites.leaks import secrets_in, told
from suites.tour import API, AUTHORIZE
from suites.watch import Watch

SETTLE = 1.5  # seconds in which a hostile code would have opened its host
HOSTILE = (
    "soprotocol://?crmOnline=true&superId=https://login.attacker.test",
    "soprotocol://?netserverUrl=https://netserver.attacker.test/services88",
    "https://login.attacker.test/sign-in",
    "javascript:document.location='https://login.attacker.test'",
    "soprotocol://?crmOnline=true&superId=http://online.superoffice.test",
)


@claim("C57")
def test_the_web_clients_code_configures_the_app(fresh: Phone, ada: Account, tenant: Tenant) -> None:
    fresh.needs(Capability.CAMERA)
    payload = tenant.configuration_link(ada.tenants[0])

    scan_qr(fresh, payload)
    fresh.wait_for(SuperId.EMAIL)
    pass_sign_in_pages(fresh, ada)

    secrets = secrets_in([StoredFile("QR code", payload.encode())], tenant.secrets())
    assert secrets == [], told("the QR code carries secrets", secrets)


@pytest.fixture(scope="module")
def said_of_nothing(nobody: Phone) -> str:
    """The control: what the app says where there is no code to read."""
    nobody.needs(Capability.CAMERA)
    return scan_nothing(nobody)


@claim("C57")
@pytest.mark.parametrize("payload", HOSTILE)
def test_a_hostile_code_is_refused_and_changes_nothing(
    said_of_nothing: str, at_start: Phone, tenant: Tenant, whole_wire: Watch, payload: str
) -> None:
    watch = whole_wire.from_now()

    scan_qr(at_start, payload)
    shown = at_start.wait_for(Notice.TEXT, SuperId.EMAIL, SuperId.HOST)

    calls = watch.calls_to("attacker.test", within=SETTLE)
    assert shown == Notice.TEXT, f"the code {payload!r} was taken without a word"
    assert calls == [], told(f"the code {payload!r} led the phone to a foreign host", calls)
    if at_start.text_of(Notice.TEXT) == said_of_nothing:
        msg = f"{at_start.name}: the app says the same of {payload!r} as of a blank sheet; was the code read at all?"
        raise EvidenceMissing(msg)
    at_start.tap(Notice.OK)
    at_start.wait_gone(Notice.TEXT)
    open_sign_in(at_start)
    asked = watch.first(AUTHORIZE, seconds=10)
    assert (asked.scheme, asked.host.endswith(f".{tenant.domain}")) == ("https", True), f"now signs in at {asked.host}"


@claim("C58")
def test_configuring_signs_nobody_in(fresh: Phone, ada: Account, tenant: Tenant, watch: Watch) -> None:
    fresh.needs(Capability.CAMERA)

    scan_qr(fresh, tenant.configuration_link(ada.tenants[0]))
    shown = fresh.wait_for(SuperId.EMAIL, Diary.TITLE)
    before_sign_in = watch.calls(API, within=SETTLE)

    assert shown == SuperId.EMAIL, "scanning the code signed in"
    assert before_sign_in == [], told("the API was called before anyone signed in", before_sign_in)
    pass_sign_in_pages(fresh, ada)
    assert watch.first(API, seconds=5), "the control: signed in, the app does call the API"
