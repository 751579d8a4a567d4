"""The app's sandbox kept and put back, and what becomes of it without an app."""

import base64

import pytest

from drivers.ios.phone import IosPhone
from faults import CapabilityMissing, EvidenceMissing


def write(phone: IosPhone, path: str, content: bytes) -> None:
    payload = base64.b64encode(content).decode()
    phone.session.run("mobile: pushFile", remotePath=f"@{phone.app.package}:data/{path}", payload=payload)


def stored(phone: IosPhone) -> dict[str, bytes]:
    return {file.path: file.content for file in phone.storage()}


def test_a_sandbox_is_put_back_as_it_was_without_its_caches(phone: IosPhone) -> None:
    phone.forget_states()
    phone.launch()
    phone.stop_app()
    write(phone, "Documents/changed.txt", b"first")
    write(phone, "tmp/cache.txt", b"first")
    before = stored(phone)
    phone.keep_state("a")

    write(phone, "Documents/changed.txt", b"second")
    write(phone, "Library/new folder/new.txt", b"new")
    phone.restore_state("a")

    assert stored(phone) == {path: content for path, content in before.items() if path != "tmp/cache.txt"}
    with pytest.raises(EvidenceMissing, match="no sandbox was kept as 'b'"):
        phone.restore_state("b")


def test_without_a_container_nothing_is_kept_and_nothing_put_back(phone: IosPhone) -> None:
    phone.stop_app()
    phone.keep_state("a")
    phone.uninstall()

    with pytest.raises(CapabilityMissing, match=r"cannot be kept as 'c': .*cannot be opened"):
        phone.keep_state("c")
    with pytest.raises(EvidenceMissing, match="cannot be opened: ApplicationLookupFailed"):
        phone.restore_state("a")

    phone.install(phone.app)
    phone.restore_state("a")
    assert stored(phone)
