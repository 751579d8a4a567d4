"""All promises over a piece of a recording, or over a capture from elsewhere."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from traffic.captures.damage import Damage, Items
from traffic.captures.har import read_har
from traffic.captures.kinds import Kind, kind_of, misnamed, why_none
from traffic.captures.origins import Hosts
from traffic.captures.packet_items import findings_in_packets, hosts_of, is_system_noise, items_of
from traffic.captures.pcap import PacketCapture, read_pcap
from traffic.events import Exchange
from traffic.exchanges import Recording
from traffic.findings import Finding
from traffic.judging import Tally
from traffic.learning import Learnt, as_secrets, learnt_from, tenant_of
from traffic.mitm_audit import judged_in_parts, learnt_in_flows
from traffic.oauth.rules import judge
from traffic.policy import Policy, shipped_policy
from traffic.promises import PROMISES, Promise
from traffic.secrets import Secret, Secrets
from traffic.sharing import judged_items


@dataclass(frozen=True, slots=True)
class Audit:
    """`blocked` says what could not be looked at: without findings the promises are then neither held nor broken.

    Secrets from number `given` on were not given but learnt from the capture. `unasked` is what a sign-in may come
    without, and came.
    """

    exchanges: int
    findings: tuple[Finding, ...]
    blocked: tuple[str, ...]
    given: int = 0
    unasked: tuple[str, ...] = ()


def audit(recording: Recording, secrets: Secrets, since: int = 0, promises: Iterable[Promise] = PROMISES) -> Audit:
    """Reads the recording from event `since` on; no traffic at all is no evidence."""
    exchanges = recording.exchanges(since)
    blocked = recording.blind_spots(since)
    if not exchanges:
        blocked = (*blocked, f"no exchange was recorded from event {since} on")
    return Audit(len(exchanges), findings_in(exchanges, secrets, promises), blocked, len(secrets))


def findings_in(
    exchanges: Iterable[Exchange], secrets: Secrets, promises: Iterable[Promise] = PROMISES
) -> tuple[Finding, ...]:
    kept = tuple(promises)
    return tuple(finding for seen in exchanges for promise in kept for finding in promise(seen, secrets))


def audit_capture(path: Path, given: Iterable[Secret], policy: Policy | None = None) -> Audit:
    """Judges a .har, .mitm or .pcap(ng); one that is damaged as far as it can be read. Raises UsageError for no file.

    With a `policy` a given secret may also be where the policy lets its kind be; without one its own places count.
    """
    kind = kind_of(path)
    rules, secrets = policy or shipped_policy(), _given(given, policy)
    packets = read_pcap(path) if kind is Kind.PCAP else None
    learnt = as_secrets(_learnt(path, kind, packets, rules), {one.value for one in secrets}, rules)
    known = Secrets.searchable([*secrets, *learnt])
    if kind is Kind.MITM:
        tally = judged_in_parts(path, known)
    else:
        tally = judged_items(_items(path, kind, packets, hosts_of(rules, known)), known, path.name)
    if packets:
        tally.findings = [*_of_packets(tally.findings, packets, hosts_of(rules, known), known)]
    if not tally.exchanges:
        return Audit(0, tuple(tally.findings), (*_of_nothing(tally, path, kind), *_too_weak(known)), len(secrets))
    of_sign_in = judge(tally.dialogue, known)
    blocked = (*_blocked(tally, known, path, kind), *of_sign_in.blocked, *tally.words)
    findings = (*tally.findings, *of_sign_in.findings)
    return Audit(tally.exchanges, findings, blocked, len(secrets), of_sign_in.unasked)


def _of_packets(found: Iterable[Finding], packets: PacketCapture, hosts: Hosts, secrets: Secrets) -> Iterator[Finding]:
    yield from (one for one in found if not is_system_noise(one, hosts))
    yield from findings_in_packets(packets, hosts, secrets)


def _given(given: Iterable[Secret], policy: Policy | None) -> list[Secret]:
    if policy is None:
        return list(given)
    return [
        replace(
            one,
            allowed=(*one.allowed, *policy.places(one.kind, tenant=tenant_of(one.value))),
            claim=policy.claim_of(one.kind),
        )
        for one in given
    ]


def _items(path: Path, kind: Kind, packets: PacketCapture | None, hosts: Hosts) -> Items:
    if kind is Kind.HAR:
        return read_har(path)
    if packets:
        return items_of(packets, hosts)
    return iter((Damage(0, why_none(path)),))


def _learnt(path: Path, kind: Kind, packets: PacketCapture | None, policy: Policy) -> Iterator[Learnt]:
    if kind is Kind.MITM:
        return learnt_in_flows(path, policy)
    items = packets.exchanges if packets else read_har(path) if kind is Kind.HAR else ()
    return (one for item in items if isinstance(item, Exchange) for one in learnt_from(item, policy))


def _blocked(tally: Tally, secrets: Secrets, path: Path, kind: Kind) -> Iterator[str]:
    """What no exchange of the capture could show: silence is no innocence."""
    if words := misnamed(path, kind):
        yield words
    if not len(secrets):
        yield "no secret is known: none was given, and no sign-in to learn them from was recorded"
    yield from _too_weak(secrets)
    if not tally.api_calls:
        yield "no call of a tenant's Web API was recorded, so its authorisation could not be judged"


def _of_nothing(tally: Tally, path: Path, kind: Kind) -> Iterator[str]:
    """Why nothing could be read says it all; without a reason, what an empty capture leaves open is one line."""
    if words := misnamed(path, kind):
        yield words
    yield from tally.words or (f"{path.name}: no exchange was recorded, so no sign-in and no call of a Web API either",)


def _too_weak(secrets: Secrets) -> Iterator[str]:
    yield from (f"{why}; it was not searched for" for why in secrets.unsearched)
