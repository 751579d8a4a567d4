from collections.abc import Callable
from pathlib import Path

import pytest

from testbed.ios.keychain import Accessible, Keychain, KeychainError, Status

GROUP = "TEAM123456.com.example"


@pytest.fixture
def keychain(tmp_path: Path) -> Keychain:
    return opened(tmp_path)


def opened(home: Path) -> Keychain:
    (home / "fs").mkdir(exist_ok=True)
    return Keychain(home / "fs", home / "enclave")


def status(call: Callable[[], object]) -> Status:
    with pytest.raises(KeychainError) as failed:
        call()
    return failed.value.status


def test_an_item_is_kept_changed_listed_and_deleted(keychain: Keychain, tmp_path: Path) -> None:
    keychain.put(GROUP, "token", "ada", b"one")
    keychain.put(GROUP, "token", "ada", b"two", Accessible.AFTER_FIRST_UNLOCK)
    keychain.put("TEAM123456.other", "token", "ada", b"other")

    assert opened(tmp_path).get(GROUP, "token", "ada") == b"two"
    assert keychain.items(GROUP) == [("token", "ada", Accessible.AFTER_FIRST_UNLOCK)]
    keychain.delete(GROUP, "token", "ada")
    assert status(lambda: keychain.get(GROUP, "token", "ada")) is Status.ITEM_NOT_FOUND
    assert status(lambda: keychain.delete(GROUP, "token", "ada")) is Status.ITEM_NOT_FOUND
    assert keychain.get("TEAM123456.other", "token", "ada") == b"other"


def test_a_value_is_nowhere_in_the_phones_files(keychain: Keychain, tmp_path: Path) -> None:
    keychain.put(GROUP, "token", "ada", b"top-secret-value")

    assert [file for file in (tmp_path / "fs").rglob("*") if b"top-secret-value" in file.read_bytes()] == []


def test_what_needs_an_unlocked_phone_stays_closed_while_it_is_locked(keychain: Keychain) -> None:
    keychain.put(GROUP, "token", "always", b"1", Accessible.AFTER_FIRST_UNLOCK_THIS_DEVICE)
    keychain.put(GROUP, "token", "open", b"2")

    assert keychain.get(GROUP, "token", "always", locked=True) == b"1"
    assert status(lambda: keychain.get(GROUP, "token", "open", locked=True)) is Status.INTERACTION_NOT_ALLOWED
    assert keychain.get(GROUP, "token", "open") == b"2"


def test_a_database_of_another_phone_does_not_open(keychain: Keychain, tmp_path: Path) -> None:
    keychain.put(GROUP, "token", "ada", b"one")
    (tmp_path / "enclave/keychain").unlink()

    assert status(lambda: opened(tmp_path).get(GROUP, "token", "ada")) is Status.DECODE
