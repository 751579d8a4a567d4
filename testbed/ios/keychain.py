"""The keychain: small secrets by access group, in one database that no app's removal touches.

Values are encrypted under a key of the phone's secure enclave, which lies outside of the phone's files; the rest of a
row is readable, as it was up to iOS 8 and still is to whoever holds the metadata key (Apple Platform Security,
"Keychain data protection"). Statuses are those of SecBase.h.
"""

import os
import sqlite3
from contextlib import closing
from enum import Enum, IntEnum
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

DATABASE: Final = "keychain-2.db"
NONCE: Final = 12
SCHEMA: Final = """
create table if not exists genp (
    agrp text not null, svce text not null, acct text not null, pdmn text not null, data blob not null,
    primary key (agrp, svce, acct)
)
"""


class Accessible(Enum):
    """kSecAttrAccessible…, by the value that stands in the database."""

    WHEN_UNLOCKED = "ak"
    AFTER_FIRST_UNLOCK = "ck"
    WHEN_UNLOCKED_THIS_DEVICE = "aku"
    AFTER_FIRST_UNLOCK_THIS_DEVICE = "cku"
    WHEN_PASSCODE_SET_THIS_DEVICE = "akpu"

    @property
    def opens_while_locked(self) -> bool:
        return self.value.startswith("c")


class Status(IntEnum):
    """OSStatus."""

    INTERACTION_NOT_ALLOWED = -25308
    ITEM_NOT_FOUND = -25300
    DECODE = -26275
    MISSING_ENTITLEMENT = -34018


class KeychainError(Exception):
    """A SecItem call failed; `status` says why."""

    def __init__(self, status: Status) -> None:
        super().__init__(f"OSStatus {int(status)} (errSec{status.name.title().replace('_', '')})")
        self.status = status


class Keychain:
    """Generic passwords; who calls has made sure that the app may use the access group (`App.keychain_groups`)."""

    def __init__(self, folder: Path, enclave: Path) -> None:
        self._file = folder / DATABASE
        self._cipher = AESGCM(_enclave_key(enclave))
        with closing(self._open()) as database:
            database.execute(SCHEMA)

    def put(
        self, group: str, service: str, account: str, data: bytes, accessible: Accessible = Accessible.WHEN_UNLOCKED
    ) -> None:
        """SecItemAdd, or SecItemUpdate where the item is there."""
        nonce = os.urandom(NONCE)
        sealed = nonce + self._cipher.encrypt(nonce, data, _name(group, service, account))
        with closing(self._open()) as database, database:
            row = (group, service, account, accessible.value, sealed)
            database.execute("insert or replace into genp values (?, ?, ?, ?, ?)", row)

    def get(self, group: str, service: str, account: str, *, locked: bool = False) -> bytes:
        """SecItemCopyMatching; raises KeychainError."""
        query = "select pdmn, data from genp where agrp = ? and svce = ? and acct = ?"
        with closing(self._open()) as database:
            row = database.execute(query, (group, service, account)).fetchone()
        if row is None:
            raise KeychainError(Status.ITEM_NOT_FOUND)
        if locked and not Accessible(row[0]).opens_while_locked:
            raise KeychainError(Status.INTERACTION_NOT_ALLOWED)
        sealed = bytes(row[1])
        try:
            return self._cipher.decrypt(sealed[:NONCE], sealed[NONCE:], _name(group, service, account))
        except InvalidTag as error:
            raise KeychainError(Status.DECODE) from error

    def delete(self, group: str, service: str, account: str) -> None:
        """SecItemDelete; raises KeychainError where there is nothing to delete."""
        statement = "delete from genp where agrp = ? and svce = ? and acct = ?"
        with closing(self._open()) as database, database:
            gone = database.execute(statement, (group, service, account)).rowcount
        if not gone:
            raise KeychainError(Status.ITEM_NOT_FOUND)

    def erase(self) -> None:
        """Everything of every app, as erasing the phone does."""
        with closing(self._open()) as database, database:
            database.execute("delete from genp")

    def items(self, group: str) -> list[tuple[str, str, Accessible]]:
        """Return service, account and accessibility of each item of a group."""
        query = "select svce, acct, pdmn from genp where agrp = ? order by svce, acct"
        with closing(self._open()) as database:
            rows = database.execute(query, (group,)).fetchall()
        return [(service, account, Accessible(kind)) for service, account, kind in rows]

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self._file)


def _name(group: str, service: str, account: str) -> bytes:
    return f"{group}\0{service}\0{account}".encode()


def _enclave_key(enclave: Path) -> bytes:
    file = enclave / "keychain"
    if not file.exists():
        enclave.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_bytes(AESGCM.generate_key(256))
    return file.read_bytes()
