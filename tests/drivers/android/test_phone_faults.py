"""A phone that lies: each lie ends blocked (a BenchFault) or wrong, never in a pass; the honest twin stays silent."""

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from conftest import see_the_phone_through_the_proxy
from drivers.adb import Adb
from drivers.android import boot
from drivers.android.phone import AndroidPhone, Locator, capabilities_for
from drivers.android.processes import stop
from drivers.android.provision import BROWSER, expect_a_living_screen
from drivers.android.storage import read_sandbox
from drivers.android.trust import distrust_authority, trust_after_reboot, trust_authority
from drivers.app_file import AppFile, read_app_file
from drivers.session import PATIENCE, Session
from drivers.tenant import Account, Tenant
from faults import BenchFault
from gate.programs import ROOT, app_build
from scenarios.configure import scan_nothing, scan_qr
from scenarios.screens import Diary, Notice, Start, SuperId
from scenarios.screens import Start as StartScreen
from scenarios.sign_in import open_sign_in, sign_in
from testbed.android.faults import Fault
from tests.drivers.android.conftest import Deceive, deceiver
from traffic.exchanges import Recording

SOON = 2.0  # seconds in which a sane phone is long done
IDLE = 90.0  # seconds, with a limit of one minute


class Wrong(BenchFault):
    """What the check of a suite would have called wrong."""


def _restart(phone: AndroidPhone) -> None:
    phone.stop_app()
    phone.launch()


def _leave_a_file(phone: AndroidPhone) -> None:
    phone.adb.shell("run-as", phone.app.package, "touch", "left-behind")


def _forget(phone: AndroidPhone) -> None:
    _leave_a_file(phone)
    phone.forget_everything()


def _reinstall(phone: AndroidPhone) -> None:
    _leave_a_file(phone)
    phone.uninstall()
    phone.install(phone.app)


def _type(phone: AndroidPhone) -> None:
    _restart(phone)
    open_sign_in(phone)
    phone.enter(SuperId.EMAIL, "ada@example.test")


def _open_page(phone: AndroidPhone) -> None:
    _restart(phone)
    phone.tap(StartScreen.LOG_IN)
    phone.wait_for(SuperId.EMAIL, seconds=SOON)


def _come_back(phone: AndroidPhone) -> None:
    phone.launch()
    phone.leave_idle(1)


def _go_home(phone: AndroidPhone) -> None:
    phone.launch()
    phone.is_app_in_front()
    phone.go_home()


def _time_a_start(phone: AndroidPhone) -> None:
    phone.launch_cold()
    phone.go_home()
    phone.launch()


def _go_offline(phone: AndroidPhone) -> None:
    try:
        phone.airplane_mode(on=True)
    finally:
        phone.adb.shell("cmd", "connectivity", "airplane-mode", "disable")


def _leave_wifi(phone: AndroidPhone) -> None:
    phone.wifi(on=False)
    phone.wifi(on=True)


def _set_proxy(phone: AndroidPhone) -> None:
    port = int(phone.adb.shell("settings", "get", "global", "http_proxy").rpartition(":")[2])
    phone.use_proxy(1)
    phone.use_proxy(port)


def _follow_a_link(phone: AndroidPhone) -> None:
    phone.launch()
    phone.open_link("soprotocol://?crmOnline=true")


def _use_the_camera(phone: AndroidPhone) -> None:
    phone.forget_everything()
    phone.launch()
    scan_nothing(phone)


def _scan(phone: AndroidPhone) -> None:
    """A hostile code that is answered as a blank sheet was not read (suites/test_configuration.py)."""
    _restart(phone)
    nothing = scan_nothing(phone)
    scan_qr(phone, "javascript:alert(1)")
    phone.wait_for(Notice.TEXT)
    if phone.text_of(Notice.TEXT) == nothing:
        raise Wrong(nothing)


def _push(phone: AndroidPhone) -> None:
    phone.adb.push(phone.app.path, "/data/local/tmp/pushed")


def _look_twice(phone: AndroidPhone) -> None:
    phone.storage()
    phone.storage()


def _pass_an_hour(phone: AndroidPhone) -> None:
    phone.let_time_pass(3600)
    phone._right_the_clock()  # noqa: SLF001 -- the half of `forget_everything` that is meant


DEEDS: dict[Fault, Callable[[AndroidPhone], object]] = {
    Fault.AIRPLANE_KEEPS_DATA: _go_offline,
    Fault.CAMERA_KEEPS_PICTURE: _scan,
    Fault.CLEAR_KEEPS_DATA: _forget,
    Fault.CLIPBOARD_EMPTY: lambda phone: phone.clipboard(),
    Fault.DATE_IGNORED: _pass_an_hour,
    Fault.DEAD_FORCE_STOP: lambda phone: (phone.launch(), phone.stop_app()),
    Fault.FOCUS_LIES: _go_home,
    Fault.GRANT_IGNORED: _use_the_camera,
    Fault.HOME_KEY_DEAD: _come_back,
    Fault.LAUNCH_STATE_LIES: _come_back,
    Fault.LINK_SWALLOWED: _follow_a_link,
    Fault.LOGCAT_SILENT: lambda phone: phone.log(),
    Fault.PULL_STALE: _look_twice,
    Fault.PUSH_CUT: _push,
    Fault.SCREENSHOT_FROZEN: expect_a_living_screen,
    Fault.SETTINGS_IGNORED: _set_proxy,
    Fault.SOURCE_STALE: expect_a_living_screen,
    Fault.STALE_TOTAL_TIME: _time_a_start,
    Fault.STORAGE_UNREADABLE: lambda phone: phone.storage(),
    Fault.TAPS_SWALLOWED: _open_page,
    Fault.TEXT_CUT: _type,
    Fault.UNINSTALL_KEEPS_DATA: _reinstall,
    Fault.WIFI_STAYS_ON: _leave_wifi,
}
"""What a run does that meets the fault, on the phone that Appium drives."""


@dataclass(frozen=True, slots=True)
class Bare:
    """A phone that adb alone drives."""

    adb: Adb
    app: AppFile
    authority: Path


def _be_nobody(bare: Bare) -> None:
    command = [str(bare.adb.program), "-H", "127.0.0.1", "-P", str(bare.adb.server_port), "-s", bare.adb.serial]
    if bare.adb.is_root():
        subprocess.run([*command, "unroot"], check=True, capture_output=True)
        bare.adb.wait_until_there()


def _become_root(bare: Bare) -> None:
    _be_nobody(bare)
    bare.adb.become_root()


def _read_by_run_as(bare: Bare) -> None:
    _be_nobody(bare)
    read_sandbox(bare.adb, bare.app)
    read_sandbox(bare.adb, bare.app)


def _trust_through_a_reboot(bare: Bare) -> None:
    trusted = trust_authority(bare.adb, bare.authority)
    boot.reboot(bare.adb)
    try:
        trust_after_reboot(bare.adb, bare.authority, trusted)
    finally:
        distrust_authority(bare.adb, trusted)


BARE_DEEDS: dict[Fault, Callable[[Bare], object]] = {
    Fault.RUN_AS_STALE: _read_by_run_as,
    Fault.ROOT_DROPS: _become_root,
    Fault.REBOOT_LOSES_CA: _trust_through_a_reboot,
}
"""What would end an Appium session, or needs a shell that is not root."""


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run waits a quarter of a minute for what a lying phone will never show; here that is not the point."""
    for name in (
        "phone.PATIENCE",
        "radios.LIMIT",
        "processes.LIMIT",
        "links.LIMIT",
        "front.AGREEMENT",
    ):
        monkeypatch.setattr(f"drivers.android.{name}", 1.0)
    for method in (Session.tap, Session.enter, Session.text_of):
        monkeypatch.setattr(method, "__defaults__", (SOON,))
    for method in (AndroidPhone.wait_for, Session.wait_for):
        monkeypatch.setattr(method, "__kwdefaults__", {"seconds": SOON})


type Tell = Callable[[str, object], None]


def proved(tell: Tell, fault: Fault, deceive: Deceive, deed: Callable[[], object]) -> None:
    """Noticed with the fault, silent without; what was noticed is kept for the table of the bar."""
    with deceive(fault.word), pytest.raises(BenchFault) as noticed:
        deed()
    tell("noticed", f"{fault.word}: {type(noticed.value).__name__}: {noticed.value}")

    deed()


@pytest.mark.parametrize("fault", DEEDS, ids=lambda fault: str(fault.word))
def test_a_lie_is_noticed_and_the_honest_phone_is_not_accused(
    phone: AndroidPhone, deceive: Deceive, fault: Fault, record_property: Tell
) -> None:
    proved(record_property, fault, deceive, lambda: DEEDS[fault](phone))


@pytest.mark.parametrize("fault", BARE_DEEDS, ids=lambda fault: str(fault.word))
def test_a_lie_to_adb_alone_is_noticed(  # noqa: PLR0913, PLR0917 -- fixtures
    lab: dict[str, Any], second: Adb, app: AppFile, authority: Path, fault: Fault, record_property: Tell
) -> None:
    bare = Bare(second, app, authority)

    proved(record_property, fault, deceiver(lab["lanes"][1]["phone"]), lambda: BARE_DEEDS[fault](bare))


def test_a_build_that_is_not_installed_is_noticed(
    phone: AndroidPhone, deceive: Deceive, tmp_path: Path, record_property: Tell
) -> None:
    built = subprocess.run(app_build("android", tmp_path, "token_in_url"), cwd=ROOT, capture_output=True, check=True)
    other, first = read_app_file(Path(built.stdout.decode().split()[-1])), phone.app

    proved(record_property, Fault.INSTALL_KEEPS_OLD, deceive, lambda: phone.install(other))
    phone.install(first)


@pytest.mark.parametrize("fault", [Fault.PROXY_IGNORED, Fault.CA_NOT_READ], ids=lambda fault: str(fault.word))
def test_a_network_that_is_not_as_set_fails_the_probe(  # noqa: PLR0913, PLR0917 -- fixtures
    phone: AndroidPhone,
    deceive: Deceive,
    lane: dict[str, Any],
    recording: Recording,
    fault: Fault,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Tell,
) -> None:
    monkeypatch.setitem(see_the_phone_through_the_proxy.__globals__, "PROBE_LIMIT", SOON)

    def probe() -> None:
        stop(phone.adb, BROWSER)
        see_the_phone_through_the_proxy(phone, recording, lane["cloud"]["hosts"][0])

    proved(record_property, fault, deceive, probe)


def test_time_that_passes_for_the_shell_alone_is_noticed_before_an_app_is_blamed(
    phone: AndroidPhone,
    deceive: Deceive,
    tenant: Tenant,
    record_property: Tell,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(AndroidPhone.wait_for, "__kwdefaults__", {"seconds": PATIENCE})  # nothing stays away here
    ada: Account = tenant.account("ada")
    tenant.set_preference(ada.tenants[0], "AutoLogoutTime", "1")

    def idle() -> None:
        """As the suite of C50 does; the app itself would show its diary still."""
        phone.forget_everything()
        phone.launch()
        sign_in(phone, ada)
        phone.leave_idle(IDLE)
        assert phone.wait_for(Start.LOG_IN, Diary.TITLE) == Start.LOG_IN

    proved(record_property, Fault.APP_CLOCK_STAYS, deceive, idle)
    tenant.reset()
    phone.forget_everything()


def test_a_server_on_the_phone_that_dies_is_noticed(
    lab: dict[str, Any], second: Adb, app: AppFile, record_property: Tell
) -> None:
    wanted = capabilities_for(second.serial, second.server_port, app)

    def look_often() -> None:
        session = Session("second", lab["appium"], wanted, Locator(app.package, BROWSER))
        for _ in range(15):
            session.source()
        session.close()

    proved(record_property, Fault.INSTRUMENTATION_DIES, deceiver(lab["lanes"][1]["phone"]), look_often)


def test_every_fault_of_the_phone_is_proved_here_or_beside_what_meets_it() -> None:
    elsewhere = {
        *(Fault.INSTALL_KEEPS_OLD, Fault.PROXY_IGNORED, Fault.CA_NOT_READ),
        *(Fault.APP_CLOCK_STAYS, Fault.INSTRUMENTATION_DIES),
        Fault.MOUNTS_NOT_INHERITED,  # needs Android 14: test_real_lane.py
    }

    assert {*DEEDS, *BARE_DEEDS} | elsewhere == set(Fault)
