"""Every byte over TLS, and only to a server that proves who it is."""

import pytest

from drivers.phone import Phone
from drivers.tenant import Account
from scenarios.sign_in import arrive, sign_in
from suites import claim
from suites.leaks import texts, told
from suites.tour import API, Tour
from suites.watch import Watch
from traffic.promises import all_traffic_is_tls

CERTIFICATES = ("self_signed", "expired", "not_yet_valid", "wrong_host", "unknown_ca")
SETTLE = 2.0  # seconds that an app gets to fall for a bad certificate


@claim("C16")
def test_nothing_leaves_the_phone_in_clear(tour: Tour) -> None:
    findings = texts(tour.findings(all_traffic_is_tls))

    assert findings == [], told("requests in clear", findings)


@claim("C16")
@pytest.mark.parametrize("certificate", CERTIFICATES)
def test_a_bad_certificate_is_refused(fresh: Phone, ada: Account, watch: Watch, certificate: str) -> None:
    sign_in(fresh, ada)
    fresh.stop_app()
    watch = watch.from_now()

    with watch.certificate_fault(certificate):
        fresh.launch()
        arrive(fresh)
        watch.expect_served(certificate, within=15)
        accepted = watch.calls(API, within=SETTLE)

    fooled = watch.fooled()
    assert accepted == [], told(f"the API was called over a connection with a {certificate} certificate", accepted)
    assert fooled == [], told(f"a {certificate} certificate was accepted", fooled)
