"""Phones of every kind made ready as a lab's own would be: by version, by root, by build; seen through the recorder."""

import contextlib
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from drivers.adb import Adb
from drivers.android import boot, links
from drivers.android.gateway import Gateway, gateway_of
from drivers.android.install import install
from drivers.android.processes import stop
from drivers.android.provision import BROWSER, browser_of, capabilities_of
from drivers.android.restoration import Restoration
from drivers.android.root import By, root_of
from drivers.android.storage import read_sandbox
from drivers.android.trust import (
    USER_STORE,
    Way,
    distrust_authority,
    is_trusted,
    old_subject_hash,
    trust_after_reboot,
    trust_authority,
)
from drivers.app_file import AppFile, read_app_file
from drivers.phone import Capability
from drivers.tools import adb_path
from faults import BenchFault, CapabilityMissing, EvidenceMissing, PhoneLost
from testbed.android.faults import Fault
from tests.drivers.android.conftest import deceiver
from tests.testbed.android.apk_samples import Sample, write
from tests.testbed.android.phone_rig import Adb as RigAdb
from tests.testbed.android.phone_rig import Rig, phone, private
from traffic.exchanges import Recording

SOON = 3.0  # seconds in which a sane phone is long done


@dataclass(frozen=True, slots=True)
class Kind:
    """Options of a phone, and how it can be made to trust; `by` None where nobody may become root."""

    words: tuple[str, ...]
    by: By | None
    way: Way


KINDS = {
    "9 emulator": Kind(("--api", "28"), By.ADBD, Way.SYSTEM),
    "13 lab phone": Kind(("--api", "33", "--play-store", "--su"), By.SU, Way.OVERLAY),
    "14 emulator": Kind(("--api", "34"), By.ADBD, Way.APEX),
    "15 lab phone": Kind(("--api", "35", "--play-store", "--su"), By.SU, Way.APEX),
    "15 as sold": Kind(("--api", "35", "--play-store"), None, Way.USER),
}


@dataclass(frozen=True, slots=True)
class Bench:
    """One phone of a kind, and what it is reached by."""

    adb: Adb
    rig: Rig
    kind: Kind


@pytest.fixture(scope="module")
def benches(
    lab: dict[str, Any], lane: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Bench]]:
    """All kinds side by side, behind the lab's adb server and its cloud."""
    folder, port, cloud = tmp_path_factory.mktemp("kinds"), lab["adb"]["server_port"], lane["cloud"]
    rig_adb = RigAdb(port, private(folder, port))
    common = ("--browser", "--system-ca", cloud["ca"], "--resolve", f"*.{cloud['domain']}=127.0.0.1:{cloud['port']}")
    with contextlib.ExitStack() as stack, ThreadPoolExecutor() as pool:

        def started(number: int, kind: Kind) -> Bench:
            rig = stack.enter_context(phone(rig_adb, folder / str(number), *common, *kind.words))
            return Bench(Adb(adb_path(), port, rig.adb.serial), rig, kind)

        yield dict(zip(KINDS, pool.map(started, range(len(KINDS)), KINDS.values()), strict=True))


@pytest.fixture(params=KINDS)
def bench(request: pytest.FixtureRequest, benches: dict[str, Bench]) -> Bench:
    return benches[request.param]


def probe(adb: Adb, recording: Recording, lane: dict[str, Any], seconds: float = 10) -> None:
    """A page of the tenant, opened by the phone's browser, passes the recorder in clear."""
    stop(adb, BROWSER)
    began = recording.position()
    url = f"https://{lane['cloud']['hosts'][0]}/login/.well-known/openid-configuration"
    links.open_link(adb, url)
    seen = recording.wait_for_exchange(lambda seen: seen.url == url, began, seconds)
    if seen.status != 200:
        raise EvidenceMissing(seen.url)


def test_a_phone_is_up_when_its_packages_and_settings_answer(bench: Bench) -> None:
    boot.wait_until_booted(bench.adb, seconds=SOON)

    root = root_of(bench.adb)

    assert (root.by if root else None) is bench.kind.by
    assert browser_of(bench.adb) == BROWSER


def test_every_kind_that_lets_somebody_in_is_seen_through_the_recorder(
    bench: Bench, authority: Path, lane: dict[str, Any], recording: Recording, app: AppFile
) -> None:
    install(bench.adb, app)
    Gateway().use_proxy(bench.adb, lane["recorder"]["proxy_port"])
    if bench.kind.by is None:
        with pytest.raises(
            CapabilityMissing, match=r"there is no root, so only a person can add the CA: it lies in Download"
        ):
            trust_authority(bench.adb, authority, app)
        assert "BEGIN CERTIFICATE" in bench.adb.shell("cat", "/sdcard/Download/pocketgate-ca.crt")
        return

    trusted = trust_authority(bench.adb, authority, app)
    probe(bench.adb, recording, lane)
    kept = is_trusted(bench.adb, authority, trusted)
    distrust_authority(bench.adb, trusted)

    assert (trusted.way, kept, is_trusted(bench.adb, authority, trusted)) == (bench.kind.way, True, False)
    with pytest.raises(EvidenceMissing, match="nothing awaited came"):
        probe(bench.adb, recording, lane, seconds=1)
    assert "pocketgate" not in bench.adb.shell("ls", "/data/local/tmp")
    assert not bench.rig.unmodelled()


def test_a_certificate_that_a_person_installed_is_found_in_the_user_store(
    benches: dict[str, Bench], authority: Path, app: AppFile
) -> None:
    adb = benches["14 emulator"].adb
    install(adb, app)
    adb.become_root()
    adb.push(authority, f"{USER_STORE}/{old_subject_hash(authority)}.0")
    unroot(adb)
    with pytest.MonkeyPatch.context() as without:
        without.setattr("drivers.android.trust.root_of", lambda _: None)
        trusted = trust_authority(adb, authority, app)

    adb.become_root()
    adb.shell("rm", trusted.place)
    assert trusted.way is Way.USER


def test_namespaces_that_apps_do_not_inherit_fail_the_probe(
    benches: dict[str, Bench],
    authority: Path,
    lane: dict[str, Any],
    recording: Recording,
    record_property: Any,  # noqa: ANN401 -- pytest's own
) -> None:
    bench = benches["14 emulator"]
    Gateway().use_proxy(bench.adb, lane["recorder"]["proxy_port"])
    fault = Fault.MOUNTS_NOT_INHERITED

    with deceiver(dict(bench.rig.ready))(fault.word):
        trusted = trust_authority(bench.adb, authority)
        with pytest.raises(EvidenceMissing) as noticed:
            probe(bench.adb, recording, lane, seconds=1)
    record_property("noticed", f"{fault.word}: {type(noticed.value).__name__}: {noticed.value}")

    probe(bench.adb, recording, lane)
    distrust_authority(bench.adb, trusted)


def test_what_was_mounted_is_mounted_again_after_a_reboot(benches: dict[str, Bench], authority: Path) -> None:
    adb = benches["14 emulator"].adb
    trusted = trust_authority(adb, authority)
    boot.reboot(adb)
    gone = not is_trusted(adb, authority, trusted)

    trust_after_reboot(adb, authority, trusted)

    assert gone
    assert is_trusted(adb, authority, trusted)
    distrust_authority(adb, trusted)


def test_a_store_build_is_read_by_a_su_and_by_nobody_on_a_phone_as_sold(
    benches: dict[str, Bench], app: AppFile
) -> None:
    store_build = replace(app, debuggable=False)
    for name in ("15 lab phone", "15 as sold"):
        adb = benches[name].adb
        install(adb, app)
        adb.shell("run-as", app.package, "touch", "kept")

    assert "kept" in {file.path for file in read_sandbox(benches["15 lab phone"].adb, store_build)}
    with pytest.raises(EvidenceMissing, match="neither by root nor by run-as"):
        read_sandbox(benches["15 as sold"].adb, store_build)


def test_what_nobody_said_of_a_phone_it_shows_itself(benches: dict[str, Bench]) -> None:
    lab_phone, sold = benches["15 lab phone"].adb, benches["15 as sold"].adb

    found = capabilities_of({}, lab_phone, root_of(lab_phone)), capabilities_of({}, sold, root_of(sold))

    assert found == (frozenset(Capability), frozenset({Capability.CAMERA}))
    assert capabilities_of({"capabilities": []}, lab_phone, None) == frozenset()
    assert (gateway_of("emulator-5554").address, gateway_of("R58M42").address) == ("10.0.2.2", "127.0.0.1")


def test_a_proxy_is_reached_over_usb_through_the_phones_own_loopback(
    benches: dict[str, Bench], authority: Path, lane: dict[str, Any], recording: Recording
) -> None:
    adb, port = benches["15 lab phone"].adb, lane["recorder"]["proxy_port"]
    over_usb = gateway_of("R58M42")
    trusted = trust_authority(adb, authority)
    over_usb.use_proxy(adb, port)

    probe(adb, recording, lane)

    over_usb.use_no_proxy(adb)
    adb.forget_reverse(port)
    distrust_authority(adb, trusted)
    assert adb.shell("settings", "get", "global", "http_proxy").strip() == ":0"


def test_an_app_of_another_signer_and_an_older_one_are_refused_with_what_to_do(
    benches: dict[str, Bench], tmp_path: Path
) -> None:
    adb = benches["9 emulator"].adb
    install(adb, read_app_file(write(Sample(version=3), tmp_path)))

    with pytest.raises(BenchFault, match=r"VERSION_DOWNGRADE\): a newer one is installed; uninstall that by hand"):
        install(adb, read_app_file(write(Sample(version=2), tmp_path)))
    with pytest.raises(BenchFault, match=r"UPDATE_INCOMPATIBLE\): another signer made the one that is installed"):
        install(adb, read_app_file(write(Sample(version=4), tmp_path, signer="foreign")))


def unroot(adb: Adb) -> None:
    subprocess.run(
        [str(adb.program), "-H", "127.0.0.1", "-P", str(adb.server_port), "-s", adb.serial, "unroot"],
        check=True,
        capture_output=True,
    )
    adb.wait_until_there()


@contextmanager
def locked_phone(lab: dict[str, Any], folder: Path) -> Iterator[Adb]:
    port = lab["adb"]["server_port"]
    with phone(RigAdb(port, private(folder, port)), folder / "locked", "--pin", "1234") as rig:
        yield Adb(adb_path(), port, rig.adb.serial)


def test_a_locked_phone_is_opened_by_its_pin_and_refused_without(
    lab: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boot, "UNLOCK_LIMIT", 0.5)
    with locked_phone(lab, tmp_path) as adb:
        with pytest.raises(CapabilityMissing, match="the phone is locked; take its screen lock away, or give its PIN"):
            boot.wait_until_booted(adb, seconds=SOON)
        with pytest.raises(CapabilityMissing, match="the lock screen stays; is the PIN right"):
            boot.wait_until_booted(adb, seconds=SOON, pin="0000")

        boot.wait_until_booted(adb, seconds=SOON, pin="1234")

        assert not boot.LOCKED.search(adb.shell("dumpsys", "window", "policy"))


def test_a_phone_that_does_not_come_is_told_with_the_stage_it_missed(second: Adb) -> None:
    with pytest.raises(PhoneLost, match=r"^emulator-1: not booted after 0\.3 s: adb does not list it as a device$"):
        boot.wait_until_booted(replace(second, serial="emulator-1"), seconds=0.3)


KILLED = """
import json, sys, time
from pathlib import Path
from drivers.android.provision import provisioned_android
from drivers.app_file import read_app_file

lab, number, kept = json.loads(Path(sys.argv[1]).read_text()), int(sys.argv[2]), sys.argv[3]
lane = lab["lanes"][number]
row = {**lane["phone"], "kept": kept}
with provisioned_android(row, lab, read_app_file(Path(lab["apps"]["android"])), lane["recorder"]) as phone:
    phone.let_time_pass(3600)
    phone.airplane_mode(on=True)
    print("ready", flush=True)
    time.sleep(60)
"""


def test_what_a_killed_run_left_is_put_back_by_the_next_one(lab: dict[str, Any], second: Adb, tmp_path: Path) -> None:
    (tmp_path / "lab.json").write_text(json.dumps(lab))
    second.shell("settings", "put", "global", "http_proxy", "10.0.2.2:9")
    stores = second.shell("ls", "/system/etc/security/cacerts").split()
    command = [sys.executable, "-c", KILLED, str(tmp_path / "lab.json"), "1", str(tmp_path / "kept")]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[3])
    said = run.stdout.readline() if run.stdout else b""
    run.send_signal(signal.SIGKILL)
    run.communicate()
    assert said == b"ready\n"
    left = _state(second)

    restoration = Restoration.of(second, tmp_path / "kept")
    restoration.begin()
    found = _state(second)
    restoration.put_back()

    assert left[:2] != found[:2]
    assert left[2] > 3500
    assert found[:2] == ("10.0.2.2:9", "0")
    assert abs(found[2]) < 60
    assert second.shell("ls", "/system/etc/security/cacerts").split() == stores
    assert list((tmp_path / "kept").iterdir()) == []
    second.shell("settings", "put", "global", "http_proxy", ":0")


def _state(adb: Adb) -> tuple[str, str, float]:
    """Proxy, airplane mode, and by how much the clock is ahead."""
    settings = [adb.shell("settings", "get", "global", name).strip() for name in ("http_proxy", "airplane_mode_on")]
    return settings[0], settings[1], float(adb.shell("date", "+%s")) - time.time()
