"""An app's container over the cable, held against what the XCUITest driver sees of it."""

import plistlib
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from drivers.ios.container import Container, by_cable, by_driver
from drivers.ios.lockdown import service
from drivers.ios.phone import IosPhone
from faults import EvidenceMissing, PhoneLost


@pytest.fixture
def container(phone: IosPhone, lab: dict[str, Any], lane: dict[str, Any]) -> Iterator[Container]:
    phone.launch()
    phone.stop_app()
    with by_cable(phone.name, Path(lab["usbmuxd"]), lane["phone"]["udid"], phone.app) as container:
        before = container.read().keys()
        yield container
        for path in container.read().keys() - before:
            container.delete(path)


def test_both_ways_show_the_same_files(phone: IosPhone, container: Container) -> None:
    with by_driver(phone.name, phone.session, phone.app) as driver:
        driver.write("Documents/by driver/ö.txt", b"text")

        assert container.read() == driver.read()


def test_what_is_written_is_there_in_new_folders_too_and_gone_once_deleted(
    phone: IosPhone, container: Container
) -> None:
    large = bytes(range(256)) * 3000
    container.write("Library/a/b/large.bin", large)
    container.write("Library/a/b/large.bin", large[1:])
    container.write("tmp/empty", b"")
    with by_driver(phone.name, phone.session, phone.app) as driver:
        assert {
            name: content for name, content in driver.read().items() if name in ("Library/a/b/large.bin", "tmp/empty")
        } == {
            "Library/a/b/large.bin": large[1:],
            "tmp/empty": b"",
        }

    container.delete("Library/a/b/large.bin")

    assert "Library/a/b/large.bin" not in container.read()


def test_what_is_not_there_cannot_be_deleted(container: Container) -> None:
    with pytest.raises(EvidenceMissing, match=r"AFC refuses operation 0x8 on 'tmp/none'"):
        container.delete("tmp/none")


def test_an_app_that_is_not_there_has_no_container(phone: IosPhone, lab: dict[str, Any], lane: dict[str, Any]) -> None:
    unknown = replace(phone.app, package="test.superoffice.none")
    with (
        pytest.raises(EvidenceMissing, match="cannot be opened: ApplicationLookupFailed"),
        by_cable(phone.name, Path(lab["usbmuxd"]), lane["phone"]["udid"], unknown),
    ):
        pass


def test_a_phone_that_is_not_there_is_lost(lab: dict[str, Any], lane: dict[str, Any], tmp_path: Path) -> None:
    began = time.monotonic()
    for socket, udid in (
        (tmp_path / "none", lane["phone"]["udid"]),
        (Path(lab["usbmuxd"]), "00008110-0000000000000000"),
    ):
        with (
            pytest.raises(PhoneLost, match=f"{udid}: com.apple.afc cannot be reached"),
            service(socket, udid, "com.apple.afc"),
        ):
            pass

    assert time.monotonic() - began < 10


def test_a_service_that_the_phone_does_not_know_is_refused_by_name(lab: dict[str, Any], lane: dict[str, Any]) -> None:
    with (
        pytest.raises(PhoneLost, match="InvalidService"),
        service(Path(lab["usbmuxd"]), lane["phone"]["udid"], "com.example.none"),
    ):
        pass


def test_a_phone_with_another_certificate_than_the_one_that_was_paired_is_not_trusted(
    lab: dict[str, Any], lane: dict[str, Any]
) -> None:
    usbmuxd, udid = Path(lab["usbmuxd"]), lane["phone"]["udid"]
    file = usbmuxd.parent / "lockdown" / f"{udid}.plist"
    paired = file.read_bytes()
    record = plistlib.loads(paired)
    file.write_bytes(plistlib.dumps(record | {"DeviceCertificate": record["HostCertificate"]}))
    try:
        with (
            pytest.raises(PhoneLost, match="this is not the phone that was paired"),
            service(usbmuxd, udid, "com.apple.afc"),
        ):
            pass
    finally:
        file.write_bytes(paired)
