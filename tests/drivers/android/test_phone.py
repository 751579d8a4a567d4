import re
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conftest import see_the_phone_through_the_proxy
from drivers.android.clock import read_clock
from drivers.android.phone import AndroidPhone
from drivers.android.provision import BROWSER
from drivers.android.trust import distrust_authority, trust_authority
from drivers.phone import Capability, Start
from drivers.tenant import Account, Tenant
from faults import CapabilityMissing, EvidenceMissing, PhoneLost
from scenarios.configure import scan_nothing
from scenarios.screens import Diary, Notice, SuperId
from scenarios.screens import Start as StartScreen
from scenarios.sign_in import must_sign_in, open_sign_in, sign_in
from traffic.exchanges import Recording

AN_HOUR = 3600.0


def test_a_cold_start_is_timed_by_the_phone(fresh: AndroidPhone) -> None:
    began = time.monotonic()

    launch = fresh.launch_cold()

    assert launch.state is Start.COLD
    assert 0 < launch.seconds < time.monotonic() - began


def test_a_start_of_what_runs_already_is_not_cold(fresh: AndroidPhone) -> None:
    started = [fresh.adb.shell("am", "start", "-W", "-n", f"{fresh.app.package}/{fresh.app.activity}")]

    fresh.stop_app()
    fresh.launch()

    assert "LaunchState: COLD" not in started[0]
    assert fresh.is_app_in_front()


def test_a_start_that_the_phone_refuses_is_no_start(fresh: AndroidPhone) -> None:
    nameless = replace(fresh, app=replace(fresh.app, activity="test.superoffice.pocket.Nowhere"))

    with pytest.raises(EvidenceMissing, match=r"virtual-android: `am start -W` reported no start: .*Nowhere"):
        nameless.launch()


def test_the_app_is_not_in_front_while_the_browser_is(fresh: AndroidPhone) -> None:
    open_sign_in(fresh)
    during = fresh.is_app_in_front()

    fresh.launch()

    assert (during, fresh.is_app_in_front()) == (False, True)


def test_idle_time_is_jumped_by_the_phones_clock_and_taken_back(fresh: AndroidPhone) -> None:
    before, began = read_clock(fresh.adb), time.monotonic()

    fresh.leave_idle(AN_HOUR)
    passed, really = read_clock(fresh.adb) - before, time.monotonic() - began
    in_front = fresh.is_app_in_front()
    fresh.forget_everything()

    assert AN_HOUR <= passed < AN_HOUR + 60
    assert really < 60
    assert in_front
    assert read_clock(fresh.adb) == pytest.approx(time.time(), abs=5)


def test_a_phone_whose_clock_cannot_be_set_waits(fresh: AndroidPhone) -> None:
    plain = replace(fresh, capabilities=frozenset())
    before, began = read_clock(fresh.adb), time.monotonic()

    plain.let_time_pass(1.2)

    assert time.monotonic() - began >= 1.2
    assert read_clock(fresh.adb) - before < 60


@pytest.mark.parametrize("capability", Capability)
def test_what_a_phone_cannot_do_is_missing_in_words(phone: AndroidPhone, capability: Capability) -> None:
    plain = replace(phone, name="my-phone", capabilities=frozenset())

    phone.needs(capability)
    with pytest.raises(CapabilityMissing, match=f"^my-phone has no {capability.value.replace('_', ' ')}; "):
        plain.needs(capability)


def test_airplane_mode_cuts_the_network_until_it_is_turned_off(fresh: AndroidPhone) -> None:
    fresh.airplane_mode(on=True)
    fresh.tap(StartScreen.LOG_IN)
    shown = fresh.wait_for(SuperId.EMAIL, Notice.TEXT, SuperId.HOST)
    at_the_sign_in = fresh.appears(SuperId.EMAIL, seconds=1)

    fresh.forget_everything()
    fresh.launch()
    open_sign_in(fresh)

    assert shown != SuperId.EMAIL
    assert not at_the_sign_in
    assert fresh.adb.shell("settings", "get", "global", "airplane_mode_on").strip() == "0"


def test_a_record_that_was_synced_is_read_from_the_sandbox(
    fresh: AndroidPhone, tenant: Tenant, ada: Account, tmp_path: Path
) -> None:
    sign_in(fresh, ada)
    fresh.stop_app()
    (stored,) = [file for file in fresh.storage() if file.content.startswith(b"SQLite format 3")]
    (tmp_path / "pulled.db").write_bytes(stored.content)

    database = sqlite3.connect(tmp_path / "pulled.db")
    said = database.execute("PRAGMA integrity_check").fetchone()
    database.close()

    everything = b"".join(file.content for file in fresh.storage())
    assert said == ("ok",)
    assert [mark for mark in tenant.markers(ada, ada.tenants[0]) if mark.text.encode() not in everything] == []
    assert "sync finished" in fresh.log()


def test_nothing_is_left_once_everything_is_forgotten(fresh: AndroidPhone, ada: Account) -> None:
    sign_in(fresh, ada)

    fresh.forget_everything()
    left, log = fresh.storage(), fresh.log()
    fresh.launch()
    signed_out = must_sign_in(fresh)
    open_sign_in(fresh)  # the browser does not remember either: it asks for the e-mail

    assert (left, signed_out) == ((), True)
    assert "sync finished" not in log


def test_an_uninstalled_app_leaves_no_sandbox_and_comes_back_empty(fresh: AndroidPhone) -> None:
    fresh.uninstall()
    with pytest.raises(EvidenceMissing, match=r"could not be pulled.*No such file or directory"):
        fresh.storage()

    fresh.forget_everything()
    fresh.launch()

    assert fresh.wait_for(StartScreen.LOG_IN, Diary.TITLE) == StartScreen.LOG_IN


def test_the_camera_sees_what_is_held_before_it(fresh: AndroidPhone) -> None:
    said = scan_nothing(fresh)

    assert re.search("no QR code", said, re.IGNORECASE), said


def test_a_phone_is_put_back_as_it_was(fresh: AndroidPhone, lab: dict[str, Any]) -> None:
    fresh.airplane_mode(on=True)
    fresh.let_time_pass(AN_HOUR)

    fresh.put_back()
    settings = [
        fresh.adb.shell("settings", "get", "global", name).strip() for name in ("http_proxy", "airplane_mode_on")
    ]
    fresh.use_proxy(lab["lanes"][0]["recorder"]["proxy_port"])

    assert settings == [":0", "0"]
    assert read_clock(fresh.adb) == pytest.approx(time.time(), abs=5)


def test_a_phone_that_is_gone_is_put_back_without_a_word(phone: AndroidPhone) -> None:
    adb = replace(phone.adb, serial="emulator-1")
    assert phone.restoration
    gone = replace(phone, adb=adb, restoration=replace(phone.restoration, adb=adb))

    gone.put_back()

    with pytest.raises(PhoneLost):
        gone.storage()


# --- no silence is believed before the phone was seen


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(see_the_phone_through_the_proxy.__globals__, "PROBE_LIMIT", 2.0)


@pytest.fixture
def past_the_proxy(phone: AndroidPhone, lab: dict[str, Any]) -> Iterator[AndroidPhone]:
    phone.put_back()
    yield phone
    phone.use_proxy(lab["lanes"][0]["recorder"]["proxy_port"])


@pytest.fixture
def distrustful(phone: AndroidPhone, lab: dict[str, Any]) -> Iterator[AndroidPhone]:
    """Behind the proxy, but with no reason to believe it."""
    authority = Path(lab["lanes"][0]["recorder"]["ca"])
    distrust_authority(phone.adb, trust_authority(phone.adb, authority))
    phone.adb.shell("am", "force-stop", BROWSER)
    yield phone
    trust_authority(phone.adb, authority)
    phone.adb.shell("am", "force-stop", BROWSER)


def test_a_phone_behind_the_proxy_is_seen(phone: AndroidPhone, recording: Recording, lab: dict[str, Any]) -> None:
    began = recording.position()

    see_the_phone_through_the_proxy(phone, recording, lab["lanes"][0]["cloud"]["hosts"][0])

    assert [seen.status for seen in recording.exchanges(began) if "openid-configuration" in seen.path] == [200]


@pytest.mark.usefixtures("hasty")
def test_a_phone_past_the_proxy_is_not_believed(
    past_the_proxy: AndroidPhone, recording: Recording, lab: dict[str, Any]
) -> None:
    with pytest.raises(EvidenceMissing, match=r"does not come to the recorder .*within 2 s"):
        see_the_phone_through_the_proxy(past_the_proxy, recording, lab["lanes"][0]["cloud"]["hosts"][0])


@pytest.mark.usefixtures("hasty")
def test_a_phone_that_does_not_trust_the_recorder_is_not_believed(
    distrustful: AndroidPhone, recording: Recording, lab: dict[str, Any]
) -> None:
    with pytest.raises(EvidenceMissing, match=r"refuses the recorder's certificate .*within 2 s"):
        see_the_phone_through_the_proxy(distrustful, recording, lab["lanes"][0]["cloud"]["hosts"][0])
