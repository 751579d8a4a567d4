"""A phone that lies: each lie ends blocked (a BenchFault) or wrong, never in a pass; the honest twin stays silent."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from conftest import see_the_phone_through_the_proxy
from drivers.ios.phone import IosPhone
from drivers.ios.provision import expect_a_living_screen
from drivers.session import Session
from drivers.tenant import Account, Tenant
from faults import BenchFault
from scenarios.configure import scan_nothing, scan_qr
from scenarios.screens import Diary, Notice, Offline, Start, SuperId
from scenarios.sign_in import open_sign_in, sign_in
from suites.leaks import expect_cached, marks_in
from testbed.ios.faults import Fault
from tests.drivers.ios.conftest import Deceive
from traffic.exchanges import Recording

SOON = 2.0  # seconds that a lying phone is given; an honest one has all the time of a run


class Wrong(BenchFault):
    """What the check of a suite would have called wrong."""


def _restart(phone: IosPhone) -> None:
    phone.stop_app()
    phone.launch()


def _stop(phone: IosPhone) -> None:
    """What does not run cannot be spared."""
    phone.launch()
    phone.stop_app()


def _start_from_home(phone: IosPhone) -> None:
    phone.go_home()
    phone.launch()


def _type(phone: IosPhone) -> None:
    _restart(phone)
    open_sign_in(phone)
    phone.enter(SuperId.EMAIL, "ada@example.test")


def _open_page(phone: IosPhone) -> None:
    _restart(phone)
    phone.tap(Start.LOG_IN)
    phone.wait_for(SuperId.EMAIL)


def _look_twice(phone: IosPhone) -> None:
    _restart(phone)
    phone.screen_source()
    _open_page(phone)


def _go_idle(phone: IosPhone) -> None:
    phone.launch()
    phone.leave_idle(60)


def _reinstall(phone: IosPhone) -> None:
    phone.launch()
    phone.uninstall()
    phone.install(phone.app)


def _follow_a_link(phone: IosPhone) -> None:
    phone.launch()
    phone.open_link("soprotocol://?crmOnline=true")


def _scan(phone: IosPhone) -> None:
    """A hostile code that is answered as a blank sheet was not read (suites/test_configuration.py)."""
    _restart(phone)
    nothing = scan_nothing(phone)
    scan_qr(phone, "javascript:alert(1)")
    phone.wait_for(Notice.TEXT)
    if phone.text_of(Notice.TEXT) == nothing:
        raise Wrong(nothing)


DEEDS: dict[Fault, Callable[[IosPhone], object]] = {
    Fault.TERMINATE_SPARES: _stop,
    Fault.LAUNCH_IGNORED: _start_from_home,
    Fault.WRONG_APP_LAUNCHED: _restart,
    Fault.BACKGROUND_KILLS: _go_idle,
    Fault.DEEP_LINK_SWALLOWED: _follow_a_link,
    Fault.KEYS_DROPPED: _type,
    Fault.TAPS_MISS: _open_page,
    Fault.ALERTS_ACCEPTED: _open_page,
    Fault.SOURCE_STALE: _look_twice,
    Fault.SCREENSHOT_FROZEN: expect_a_living_screen,
    Fault.INSTALL_KEEPS_OLD: lambda phone: phone.install(phone.app),
    Fault.UNINSTALL_KEEPS_DATA: _reinstall,
    Fault.LOG_SILENT: lambda phone: phone.launch_cold(),
    Fault.CLOCK_IGNORED: lambda phone: phone.let_time_pass(3600),
    Fault.CAMERA_FROZEN: _scan,
}
"""What a run does that meets the fault."""
WITHIN: dict[Fault, Fault] = {
    Fault.TERMINATE_SPARES: Fault.KEYS_DROPPED,
    Fault.WRONG_APP_LAUNCHED: Fault.KEYS_DROPPED,
    Fault.TAPS_MISS: Fault.KEYS_DROPPED,
    Fault.ALERTS_ACCEPTED: Fault.SOURCE_STALE,
    Fault.INSTALL_KEEPS_OLD: Fault.UNINSTALL_KEEPS_DATA,
}
"""Deeds that are a part of another fault's: an honest phone does them there."""
HONEST = tuple(fault for fault in DEEDS if fault not in WITHIN)


@contextmanager
def impatience() -> Iterator[None]:
    """A run waits a quarter of a minute for what a lying phone will never show; here that is not the point."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("drivers.ios.phone.PATIENCE", SOON)
        patch.setitem(see_the_phone_through_the_proxy.__globals__, "PROBE_LIMIT", SOON)
        for method in (Session.tap, Session.enter, Session.text_of):
            patch.setattr(method, "__defaults__", (SOON,))
        for waiting in (IosPhone.wait_for, Session.wait_for):
            patch.setattr(waiting, "__kwdefaults__", {"seconds": SOON})
        yield


@pytest.mark.parametrize("fault", DEEDS, ids=lambda fault: str(fault.value))
def test_a_lie_is_noticed(phone: IosPhone, deceive: Deceive, fault: Fault) -> None:
    with deceive(fault.value), impatience(), pytest.raises(BenchFault):
        DEEDS[fault](phone)


@pytest.mark.parametrize("fault", HONEST, ids=lambda fault: str(fault.value))
def test_an_honest_phone_is_not_accused_of_it(phone: IosPhone, fault: Fault) -> None:
    DEEDS[fault](phone)


def test_a_dead_home_button_is_noticed(phone: IosPhone, deceive: Deceive) -> None:
    phone.launch()

    with deceive(Fault.HOME_IGNORED.value), impatience(), pytest.raises(BenchFault, match="still in front"):
        phone.leave_idle(1)


@pytest.mark.parametrize("fault", [Fault.PROXY_IGNORED, Fault.CA_NOT_TRUSTED], ids=lambda fault: str(fault.value))
def test_a_network_that_is_not_as_set_fails_the_probe(
    phone: IosPhone,
    deceive: Deceive,
    lane: dict[str, Any],
    recording: Recording,
    fault: Fault,
) -> None:
    authority, host = Path(lane["recorder"]["ca"]), lane["cloud"]["hosts"][0]
    with deceive(fault.value):
        phone.trust_authority(authority)
        with impatience(), pytest.raises(BenchFault):
            see_the_phone_through_the_proxy(phone, recording, host)

    phone.trust_authority(authority)
    see_the_phone_through_the_proxy(phone, recording, host)


def test_leaking_airplane_mode_and_a_stale_container_are_noticed(
    phone: IosPhone, deceive: Deceive, tenant: Tenant
) -> None:
    ada: Account = tenant.account("ada")
    phone.forget_everything()
    with deceive(Fault.CONTAINER_STALE.value):
        phone.storage()
        phone.launch()
        sign_in(phone, ada)
        marks = tenant.markers(ada, ada.tenants[0])
        with pytest.raises(BenchFault, match="so a leak could not be told"):
            expect_cached(phone.storage(), marks)

    with deceive(Fault.AIRPLANE_LEAKS.value):
        phone.airplane_mode(on=True)
        phone.launch_cold()
        phone.wait_for(Diary.TITLE)
        with pytest.raises(BenchFault):
            phone.wait_for(Offline.TEXT, seconds=SOON)
        phone.airplane_mode(on=False)

    assert marks_in(phone.storage(), marks)
    phone.airplane_mode(on=True)
    phone.launch_cold()
    offline = phone.appears(Offline.TEXT)
    phone.airplane_mode(on=False)
    assert offline, "the honest twin: without a network the app says so"


def test_every_fault_of_the_phone_is_proved_here() -> None:
    elsewhere = {
        *(Fault.HOME_IGNORED, Fault.PROXY_IGNORED, Fault.CA_NOT_TRUSTED),
        *(Fault.CONTAINER_STALE, Fault.AIRPLANE_LEAKS),
    }

    assert set(DEEDS) | elsewhere == set(Fault)
