"""Every byte over TLS, and only to a server that proves who it is."""

from collections.abc import Callable

import pytest

from drivers.phone import Phone
from scenarios.screens import Notice, Offline
from suites import claim
from suites.leaks import texts, told
from suites.packets import Packets
from suites.tour import Tour
from suites.watch import Watch
from traffic.control import RecorderControl
from traffic.exchanges import Recording
from traffic.pinning import pinning_in
from traffic.promises import all_traffic_is_tls
from traffic.wire_faults import CERTIFICATES, WireFault

SERVED = 15.0  # seconds in which an app that starts must have asked a server for something

SOON = 3.0  # seconds in which an app that refuses has usually said so


@pytest.fixture
def wire(recording: Recording, recorder: RecorderControl, at_work: Phone) -> Watch:
    """The wire of an app that is signed in and not running."""
    at_work.stop_app()
    return Watch(recording, recorder, recorder.mark(f"{at_work.name} is signed in, the app stopped"))


@claim("C16")
def test_nothing_leaves_the_phone_in_clear(
    tour: Tour, recording: Recording, record_property: Callable[[str, object], None]
) -> None:
    """Whether the app pins is told along with it: it is neither promised nor forbidden (MASTG-TEST-0244)."""
    pinning = pinning_in(recording.refusals(), recording.handshakes(), tour.exchanges)
    record_property("evidence", f"certificate pinning: {pinning.words}")

    findings = texts(tour.findings(all_traffic_is_tls))

    assert findings == [], told("requests in clear", findings)


@claim("C16")
def test_the_phones_own_capture_holds_nothing_in_clear(tour: Tour, packets: Packets) -> None:
    assert tour.exchanges
    found = packets.in_clear()

    assert found == [], told("the phone's own packets are in clear", found)


@claim("O13")
def test_the_app_speaks_to_nobody_unknown(tour: Tour, packets: Packets) -> None:
    assert tour.exchanges
    strangers = packets.unknown_hosts()

    assert strangers == [], told("hosts that nobody has said to be the app's or the system's", strangers)


@claim("C16", "C19", "O13")
def test_nothing_of_the_app_went_round_the_recorder(tour: Tour, packets: Packets) -> None:
    """Not the app's failure, but whoever did not see all cannot say that there was nothing."""
    assert tour.exchanges
    packets.expect_nothing_unseen()


@claim("C17")
def test_the_phones_own_capture_holds_no_old_tls(tour: Tour, packets: Packets) -> None:
    assert tour.exchanges
    found = packets.old_tls()

    assert found == [], told("handshakes below TLS 1.2", found)


@claim("C16")
@pytest.mark.parametrize("fault", CERTIFICATES, ids=str)
def test_a_bad_certificate_is_refused_aloud(at_work: Phone, wire: Watch, fault: WireFault) -> None:
    expect_refused(at_work, wire, fault)


@claim("C16")
@pytest.mark.parametrize("fault", [WireFault.SWAPPED, WireFault.HTTP_DOWNGRADE], ids=str)
def test_a_session_that_began_well_is_no_reason_to_go_on(at_work: Phone, wire: Watch, fault: WireFault) -> None:
    expect_refused(at_work, wire, fault)


@claim("C17")
def test_a_server_that_speaks_old_tls_only_is_refused_aloud(at_work: Phone, wire: Watch) -> None:
    expect_refused(at_work, wire, WireFault.OLD_TLS)


@claim("C17")
def test_every_connection_is_as_strong_as_the_web_clients(tour: Tour) -> None:
    weak = [f"{seen.tls_version} {seen.cipher} to {seen.sni}" for seen in tour.handshakes() if not seen.is_strong]

    assert weak == [], told("weak connections", weak)


def expect_refused(phone: Phone, wire: Watch, fault: WireFault) -> None:
    """The app starts, meets the fault, sends nothing in spite of it, and tells whoever holds the phone."""
    with wire.fault(fault.value):
        phone.launch()
        wire.expect_served(fault.value, within=SERVED)
        warned = phone.appears(Notice.TEXT, seconds=SOON) or phone.sees(Offline.TEXT)
        wire.settle()
        fooled = wire.fooled()
        assert fooled == [], told(f"requests were sent in spite of {fault}", fooled)
        assert warned or phone.appears(Notice.TEXT), f"the app met {fault} and said nothing about it"
