"""Certificate pinning, recognised: information about what could be looked at, never a verdict (MASTG-TEST-0244)."""

from collections.abc import Iterable
from dataclasses import dataclass

from traffic.events import Exchange, Handshake, Refusal


@dataclass(frozen=True, slots=True)
class Pinning:
    """What each host's certificate met with.

    Of a `pinned` host a program refused the good one, though another program of the phone took the same authority's;
    an `open` host could be intercepted. Where nobody took any, hosts are `distrusted`: the phone may just not trust the
    recorder.
    """

    pinned: tuple[str, ...]
    open: tuple[str, ...]
    distrusted: tuple[str, ...]

    @property
    def words(self) -> str:
        parts = ((self.pinned, "pinned"), (self.distrusted, "refused by all programs"), (self.open, "not pinned"))
        return "; ".join(f"{what}: {', '.join(hosts)}" for hosts, what in parts if hosts) or "no host was seen"


def pinning_in(refusals: Iterable[Refusal], handshakes: Iterable[Handshake], exchanges: Iterable[Exchange]) -> Pinning:
    """From what a recorder saw while it served good certificates; refusals of bad ones say nothing."""
    refused = {refusal.sni for refusal in refusals if refusal.fault is None and refusal.alert}
    taken = {shaken.sni for shaken in handshakes if shaken.fault is None}
    read = {seen.sni for seen in exchanges if seen.sni and seen.scheme == "https"} & taken
    trusts = bool(read)  # somebody on this phone takes the recorder's authority
    return Pinning(
        tuple(sorted(refused)) if trusts else (),
        tuple(sorted(read - refused)),
        () if trusts else tuple(sorted(refused)),
    )
