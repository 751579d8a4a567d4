"""What no single walk shows: everything recorded since the run began. Runs last, by the name of this module."""

from collections import Counter

import pytest

from drivers.tenant import Tenant
from faults import EvidenceMissing
from suites import claim
from suites.key_ring import KeyRing
from suites.leaks import texts, told
from suites.tour import Tour
from suites.watch import expect_no_blind_spots
from traffic.audit import findings_in
from traffic.exchanges import Recording
from traffic.leaks import tokens_go_only_where_they_belong, tokens_stay_out_of_urls
from traffic.promises import Promise, all_traffic_is_tls, api_calls_carry_a_bearer_token


@pytest.mark.parametrize(
    "promise",
    [
        pytest.param(all_traffic_is_tls, marks=claim("C16")),
        pytest.param(tokens_stay_out_of_urls, marks=claim("O9")),
        pytest.param(tokens_go_only_where_they_belong, marks=claim("O13")),
        pytest.param(api_calls_carry_a_bearer_token, marks=claim("C19")),
    ],
)
def test_the_promise_was_kept_all_the_time(
    tour: Tour, tenant: Tenant, ring: KeyRing, recording: Recording, promise: Promise
) -> None:
    """The tour comes first, so that there is something to judge also when nothing else was asked for."""
    ring.collect(tenant)
    exchanges = recording.exchanges()

    findings = texts(findings_in(exchanges, ring.tracked(tenant.domain), [promise]))

    assert set(tour.exchanges) <= set(exchanges)
    assert findings == [], told("seen in the recording of the whole run", findings)
    expect_no_blind_spots(recording, 0)
    expect_nothing_went_past(recording, tenant)


@claim("C16")
def test_no_fault_was_ever_accepted(tour: Tour, recording: Recording) -> None:
    """Also not later than the check that served it looked."""
    accepted = [f"{e.fields['fault']} at {e.fields['sni']}" for e in recording.since() if e.kind == "fault_accepted"]

    assert tour.exchanges
    assert accepted == [], told("requests were sent in spite of a fault", accepted)


def expect_nothing_went_past(recording: Recording, tenant: Tenant) -> None:
    """Raises EvidenceMissing where the tenant's servers answered something that the recorder never saw."""
    recorded = Counter((seen.method, seen.host, seen.path.partition("?")[0]) for seen in recording.exchanges())
    served = Counter((each.method, each.host, each.path) for each in tenant.served())
    past = sorted(f"{method} {host}{path}" for method, host, path in served - recorded)
    if past:
        raise EvidenceMissing(told("the servers answered requests that did not pass the recorder", past))
