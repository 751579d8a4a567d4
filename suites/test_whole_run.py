"""What no single walk shows: everything recorded since the run began. Runs last, by the name of this module."""

from collections import Counter
from dataclasses import dataclass, field

import pytest

from drivers.phone import Phone, StoredFile
from drivers.tenant import Tenant
from faults import EvidenceMissing
from suites import claim
from suites.key_ring import KeyRing
from suites.leaks import marks_in, secrets_in, texts, told
from suites.tour import Tour
from suites.watch import expect_no_blind_spots
from traffic.audit import findings_in
from traffic.exchanges import Exchange, Recording
from traffic.findings import Finding
from traffic.leaks import LEAK_CLAIMS, tokens_go_only_where_they_belong, tokens_stay_out_of_urls
from traffic.promises import Promise, all_traffic_is_tls, api_calls_carry_a_bearer_token
from traffic.secrets import Secrets


@dataclass(frozen=True, slots=True)
class Everything:
    """All that was recorded, and all the secrets of the run."""

    exchanges: tuple[Exchange, ...]
    secrets: Secrets
    found: dict[Promise, tuple[Finding, ...]] = field(default_factory=dict)

    def findings(self, promise: Promise) -> tuple[Finding, ...]:
        """What breaks it; those that search each exchange for secrets do so together, for that is what takes long."""
        if promise not in self.found:
            together = tuple(LEAK_CLAIMS) if promise in LEAK_CLAIMS else (promise,)
            found = findings_in(self.exchanges, self.secrets, together)
            for each in together:
                self.found[each] = tuple(finding for finding in found if finding.promise == each.__name__)
        return self.found[promise]


@pytest.fixture(scope="module")
def everything(tour: Tour, tenant: Tenant, ring: KeyRing, recording: Recording) -> Everything:
    """The tour comes first, so that there is something to judge also when nothing else was asked for."""
    ring.collect(tenant)
    return Everything(recording.exchanges(), ring.tracked(tenant.domain, tour.marks))


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
    everything: Everything, tour: Tour, tenant: Tenant, recording: Recording, promise: Promise
) -> None:
    findings = texts(everything.findings(promise))

    assert set(tour.exchanges) <= set(everything.exchanges)
    assert findings == [], told("seen in the recording of the whole run", findings)
    expect_no_blind_spots(recording, 0)
    expect_nothing_went_past(recording, tenant)


@claim("C16")
def test_no_fault_was_ever_accepted(tour: Tour, recording: Recording) -> None:
    """Also not later than the check that served it looked."""
    accepted = [f"{e.fields['fault']} at {e.fields['sni']}" for e in recording.since() if e.kind == "fault_accepted"]

    assert tour.exchanges
    assert accepted == [], told("requests were sent in spite of a fault", accepted)


@claim("O13")
def test_the_crash_sink_keeps_no_secret(phone: Phone, tour: Tour, tenant: Tenant, ring: KeyRing) -> None:
    """By its own store; what it was sent and did not keep is in the recording, which the promises judge."""
    ring.collect(tenant)
    kept = [StoredFile(f"crash report {n} of {phone.name}", body) for n, body in enumerate(tenant.crash_reports())]

    secrets = secrets_in(kept, ring.issued)
    records = marks_in(kept, tour.marks)

    assert tour.exchanges
    assert secrets == [], told("the crash sink keeps secrets", secrets)
    assert records == [], told("the crash sink keeps what records say", records)


def expect_nothing_went_past(recording: Recording, tenant: Tenant) -> None:
    """Raises EvidenceMissing where the tenant's servers answered something that the recorder never saw."""
    recorded = Counter((seen.method, seen.host, seen.path.partition("?")[0]) for seen in recording.exchanges())
    served = Counter((each.method, each.host, each.path) for each in tenant.served())
    past = sorted(f"{method} {host}{path}" for method, host, path in served - recorded)
    if past:
        raise EvidenceMissing(told("the servers answered requests that did not pass the recorder", past))
