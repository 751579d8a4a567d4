"""One walk through the whole app, watched from all sides; many claims judge the same walk."""

from dataclasses import dataclass

from drivers.phone import Phone, StoredFile
from drivers.tenant import Account, IssuedSecret, Marker, Tenant
from faults import EvidenceMissing
from scenarios.browse import browse_everything, search_for
from scenarios.screens import Start
from scenarios.sign_in import arrive, refresh_all, sign_in
from suites.key_ring import tracked
from suites.watch import expect_no_blind_spots
from traffic.audit import findings_in
from traffic.exchanges import Exchange, Handshake, Recording
from traffic.findings import Finding
from traffic.promises import Promise
from traffic.secrets import Secrets

TOKENS = "/oauth/tokens"
AUTHORIZE = "/oauth/authorize"
API = "/api/v1/"


@dataclass(frozen=True, slots=True)
class Tour:
    """What the walk left behind: on the wire, in the sandbox, in the log."""

    who: Account
    customer: str
    exchanges: tuple[Exchange, ...]
    secrets: tuple[IssuedSecret, ...]
    marks: tuple[Marker, ...]
    files: tuple[StoredFile, ...]
    log: str
    tracked: Secrets
    shaken: tuple[Handshake, ...] = ()

    def handshakes(self) -> tuple[Handshake, ...]:
        """The TLS handshakes of the walk; raises EvidenceMissing when it made none."""
        if not self.shaken:
            msg = "no TLS handshake was recorded on the walk, so nothing can be said about its strength"
            raise EvidenceMissing(msg)
        return self.shaken

    def findings(self, promise: Promise, *parts: str) -> tuple[Finding, ...]:
        """What breaks the promise, in the whole walk or in the calls to these parts only."""
        seen = tuple(call for part in parts for call in self.calls(part)) if parts else self.exchanges
        return findings_in(seen, self.tracked, [promise])

    def calls(self, part: str) -> tuple[Exchange, ...]:
        """Exchanges whose path holds `part`; raises EvidenceMissing when the walk made none."""
        found = tuple(seen for seen in self.exchanges if part in seen.path)
        if not found:
            msg = f"no request to …{part} was seen among {len(self.exchanges)}; is the phone's proxy in use?"
            raise EvidenceMissing(msg)
        return found


def take_tour(phone: Phone, tenant: Tenant, recording: Recording, who: Account) -> Tour:
    """Sign in, look at everything, start again, fetch all anew; raises EvidenceMissing when no traffic was seen."""
    began = recording.position()
    phone.wait_for(Start.LOG_IN)
    sign_in(phone, who)
    browse_everything(phone)
    search_for(phone, "a")
    phone.launch_cold()
    arrive(phone)
    refresh_all(phone)
    exchanges = recording.exchanges(began)
    if not exchanges:
        msg = "the recorder saw no traffic at all, so nothing can be said about it"
        raise EvidenceMissing(msg)
    expect_no_blind_spots(recording, began)
    customer, secrets = who.tenants[0], tenant.secrets()
    marks = tenant.markers(who, customer)
    return Tour(
        who=who,
        customer=customer,
        exchanges=exchanges,
        secrets=secrets,
        marks=marks,
        files=phone.storage(),
        log=phone.log(),
        tracked=tracked(secrets, tenant.domain, marks),
        shaken=recording.handshakes(began),
    )
