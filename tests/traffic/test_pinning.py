import pytest

from traffic.events import Exchange, Handshake, Refusal
from traffic.pinning import Pinning, pinning_in
from traffic.wire_faults import WireFault

API, PAGE = "online2.superoffice.test", "id.superoffice.test"


def refusal(sni: str, fault: WireFault | None = None, *, alert: bool = True) -> Refusal:
    return Refusal(0, 1.0, sni, "alert unknown ca", fault, alert)


def shaken(sni: str, fault: WireFault | None = None) -> Handshake:
    return Handshake(1, 1.0, sni, "TLSv1.3", "TLS_AES_256_GCM_SHA384", "h2", fault)


def read(sni: str) -> Exchange:
    return Exchange(2, 1.0, 1.0, "https", "GET", sni, 443, "/", f"https://{sni}/", sni=sni)


def test_an_app_that_refuses_what_the_browser_takes_pins() -> None:
    found = pinning_in([refusal(API)], [shaken(PAGE)], [read(PAGE)])

    assert found == Pinning((API,), (PAGE,), ())
    assert found.words == f"pinned: {API}; not pinned: {PAGE}"


def test_a_host_that_could_be_read_is_not_pinned() -> None:
    assert pinning_in([], [shaken(API)], [read(API)]).open == (API,)


def test_where_nobody_trusts_the_recorder_nothing_is_said_to_be_pinned() -> None:
    assert pinning_in([refusal(API)], [], []) == Pinning((), (), (API,))


@pytest.mark.parametrize("odd", [refusal(API, WireFault.EXPIRED), refusal(API, alert=False)])
def test_a_refused_bad_certificate_and_a_lost_connection_are_no_pinning(odd: Refusal) -> None:
    assert pinning_in([odd], [shaken(PAGE)], [read(PAGE)]).pinned == ()


def test_nothing_seen_is_said_so() -> None:
    assert pinning_in([], [], []).words == "no host was seen"
