"""Which certificates apps trust: by level, by root, by mount namespace, as the guides for rooted phones do it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from testbed.android.certificates import APEX_STORE, SYSTEM_STORE
from tests.testbed.android.apk_samples import PACKAGE
from tests.testbed.android.phone_rig import Adb, Rig, phone, until

CA = Path(__file__).parent / "extra_ca.pem"
GUIDE = f"""
set -u
mkdir -p -m 700 /data/local/tmp/tmp-ca-copy
cp {APEX_STORE}/* /data/local/tmp/tmp-ca-copy/
mount -t tmpfs tmpfs {SYSTEM_STORE}
mv /data/local/tmp/tmp-ca-copy/* {SYSTEM_STORE}/
cp /data/local/tmp/extra.0 {SYSTEM_STORE}/
chown root:root {SYSTEM_STORE}/*
chmod 644 {SYSTEM_STORE}/*
chcon u:object_r:system_file:s0 {SYSTEM_STORE}/*
ZYGOTE_PID=$(pidof zygote || true)
ZYGOTE64_PID=$(pidof zygote64 || true)
for Z_PID in "$ZYGOTE_PID" "$ZYGOTE64_PID"; do
    if [ -n "$Z_PID" ]; then
        nsenter --mount=/proc/$Z_PID/ns/mnt -- /bin/mount --bind {SYSTEM_STORE} {APEX_STORE}
    fi
done
APP_PIDS=$(
    echo "$ZYGOTE_PID $ZYGOTE64_PID" | \\
    xargs -n1 ps -o 'PID' -P | \\
    grep -v PID
)
for PID in $APP_PIDS; do
    nsenter --mount=/proc/$PID/ns/mnt -- /bin/mount --bind {SYSTEM_STORE} {APEX_STORE} &
done
wait
echo "System certificate injected"
"""
"""The steps of the well-known guide for Android 14 (httptoolkit.com, android-14-install-system-ca-certificate)."""


@pytest.fixture(scope="module")
def fourteen(adb: Adb, tmp_path_factory: pytest.TempPathFactory, sample: Path) -> Iterator[Rig]:
    """Android 14 with one certificate, rooted, the sample app installed."""
    with phone(adb, tmp_path_factory.mktemp("fourteen"), "--api", "34", "--system-ca", str(CA)) as rig:
        rig.adb.run("install", "-g", str(sample))
        rig.adb.run("push", str(CA), "/data/local/tmp/extra.0")
        yield rig


@pytest.fixture(scope="module")
def store_build(adb: Adb, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """Android 15 from the Play store, locked with a PIN."""
    options = ("--api", "35", "--play-store", "--pin", "1234")
    with phone(adb, tmp_path_factory.mktemp("store"), *options) as rig:
        yield rig


def become_root(rig: Rig) -> None:
    rig.adb.run("root")
    assert until(lambda: rig.adb.shell("whoami") == "root")


def test_the_apex_store_counts_from_android_14_on(fourteen: Rig) -> None:
    become_root(fourteen)
    fourteen.adb.run("remount")
    fourteen.adb.shell(f"cp /data/local/tmp/extra.0 {SYSTEM_STORE}/extra.0")

    assert fourteen.ask("trust") == "1"
    assert "Read-only file system" in fourteen.adb.shell(f"cp /data/local/tmp/extra.0 {APEX_STORE}/extra.0")
    fourteen.adb.shell(f"rm {SYSTEM_STORE}/extra.0")


def test_a_mount_over_the_apex_reaches_no_app_from_the_shells_own_namespace(fourteen: Rig) -> None:
    become_root(fourteen)
    fourteen.adb.shell(f"mount -t tmpfs tmpfs {APEX_STORE}")
    seen_here = fourteen.adb.shell(f"ls {APEX_STORE}")
    fourteen.adb.shell(f"am force-stop {PACKAGE}")
    trusted = fourteen.ask("trust")
    fourteen.adb.shell(f"umount {APEX_STORE}")

    assert seen_here == ""
    assert trusted == "1"


def test_the_guide_for_rooted_phones_reaches_running_and_new_apps_and_a_reboot_undoes_it(fourteen: Rig) -> None:
    become_root(fourteen)
    fourteen.adb.shell(f"am force-stop {PACKAGE}")
    assert fourteen.ask("trust") == "1"
    (fourteen.home / "guide.sh").write_text(GUIDE)
    fourteen.adb.run("push", str(fourteen.home / "guide.sh"), "/data/local/tmp/guide.sh")
    shown = fourteen.adb.shell(f"cp /data/local/tmp/extra.0 {SYSTEM_STORE}/x.0; sh /data/local/tmp/guide.sh")

    # two names of one certificate count once; what matters is which folder is read
    assert shown.endswith("System certificate injected")
    listed = "ls " + APEX_STORE
    assert "extra.0" in fourteen.adb.shell(f"nsenter -t $(pidof {PACKAGE}) -m {listed}")
    assert "extra.0" in fourteen.adb.shell(f"nsenter --mount=/proc/$(pidof zygote64)/ns/mnt -- {listed}")
    assert "extra.0" not in fourteen.adb.shell(listed)
    assert f"tmpfs on {SYSTEM_STORE} type tmpfs" in fourteen.adb.shell("mount")
    trusted = fourteen.home / "trust" / PACKAGE / "system"
    assert (trusted / "extra.0").exists()

    fourteen.adb.run("reboot")
    assert until(lambda: fourteen.adb.shell("getprop sys.boot_completed") == "1", 10)
    assert fourteen.ask("trust") == "1"
    assert not (trusted / "extra.0").exists()


def test_apps_that_inherit_no_mounts_are_a_fault_that_shows(fourteen: Rig) -> None:
    become_root(fourteen)
    zygote = "nsenter --mount=/proc/$(pidof zygote64)/ns/mnt --"
    with fourteen.fault("mounts-not-inherited"):
        fourteen.adb.shell(f"{zygote} mount -t tmpfs tmpfs {APEX_STORE}; am force-stop {PACKAGE}")
        assert fourteen.ask("trust") == "1"
    fourteen.adb.shell(f"am force-stop {PACKAGE}")
    assert fourteen.ask("trust") == "0"
    fourteen.adb.shell(f"{zygote} umount {APEX_STORE}; am force-stop {PACKAGE}")


def test_a_reboot_that_loses_the_store_is_a_fault_that_shows(fourteen: Rig) -> None:
    for fault, kept in (("", True), ("reboot-loses-ca", False)):
        become_root(fourteen)
        fourteen.adb.run("remount")
        fourteen.adb.shell(f"cp /data/local/tmp/extra.0 {SYSTEM_STORE}/added.0")
        if fault:
            fourteen.control("PUT", f"/faults/{fault}", on=True)
        fourteen.adb.run("reboot")
        assert until(lambda: fourteen.adb.shell("getprop sys.boot_completed") == "1", 10)
        assert ("added.0" in fourteen.adb.shell(f"ls {SYSTEM_STORE}")) == kept
    fourteen.control("PUT", "/faults/reboot-loses-ca", on=False)


def test_while_it_boots_there_are_no_services_and_packages_are_there_again_after_it(fourteen: Rig) -> None:
    fourteen.adb.run("reboot")
    said = until(lambda: (found := fourteen.adb.shell("am get-current-user")) and "service" in found and found, 5)
    assert until(lambda: fourteen.adb.shell("getprop sys.boot_completed") == "1", 10)

    assert said == "cmd: Can't find service: activity"
    assert f"package:{PACKAGE}" in fourteen.adb.shell("pm list packages -3")
    assert fourteen.adb.shell("whoami") == "shell"


def test_a_store_build_gives_no_root_and_says_so_in_adbs_words(store_build: Rig) -> None:
    assert "adbd cannot run as root in production builds" in store_build.adb.out("root")
    assert "Not running as root" in store_build.adb.out("remount")
    assert store_build.adb.shell("su 0 id") == "/system/bin/sh: su: inaccessible or not found"
    assert "inaccessible or not found" in store_build.adb.shell("sqlite3 -version")
    assert store_build.adb.shell("getprop ro.debuggable; getprop ro.build.type; getprop ro.build.tags") == (
        "0\nuser\nrelease-keys"
    )
    assert not store_build.unmodelled()


def test_phones_side_by_side_are_strangers(rig: Rig, fourteen: Rig, store_build: Rig) -> None:
    phones = (rig, fourteen, store_build)
    for number, one in enumerate(phones):
        one.adb.shell(f"settings put global mark {number}; input keyevent POWER; input keyevent WAKEUP")

    assert len({one.adb.serial for one in phones}) == 3
    assert [one.adb.shell("settings get global mark") for one in phones] == ["0", "1", "2"]
    assert [one.adb.shell("getprop ro.build.version.release") for one in phones] == ["13", "14", "15"]
    assert [f"package:{PACKAGE}" in one.adb.shell("pm list packages") for one in phones] == [False, True, False]


def test_a_locked_phone_opens_by_its_pin_only(store_build: Rig) -> None:
    adb = store_build.adb
    locked = adb.shell("dumpsys window")
    adb.shell("wm dismiss-keyguard; input text 9999; input keyevent ENTER")
    still = adb.shell("dumpsys window policy")
    adb.shell("wm dismiss-keyguard; input text 1234; input keyevent 66")
    opened = adb.shell("dumpsys window")
    adb.shell("input keyevent POWER")
    dark = adb.shell("dumpsys power; dumpsys window policy")
    adb.shell("input keyevent WAKEUP")

    assert "mCurrentFocus=Window" in locked and "NotificationShade" in locked and "mIsShowing=true" in locked  # noqa: PT018 -- one look
    assert "mIsShowing=true" in still
    assert "mIsShowing=false" in opened and "launcher3" in opened  # noqa: PT018 -- one look
    assert "mWakefulness=Asleep" in dark and "SCREEN_STATE_OFF" in dark  # noqa: PT018 -- one look
    assert "isn't" not in adb.shell("locksettings verify --old 1234")
    assert "didn't match" in adb.shell("locksettings verify --old 0000")
    assert "cleared" in adb.shell("locksettings clear --old 1234")
    assert adb.shell("locksettings get-disabled") == "true"
