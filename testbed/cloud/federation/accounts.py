"""Who has an account at a provider: password, second factor, and whether it is still active."""

import asyncio
from dataclasses import dataclass
from enum import Enum, auto
from sqlite3 import Row

import pyotp

from testbed.cloud.clock import Clock
from testbed.cloud.known_secrets import Kind, KnownSecrets
from testbed.cloud.passwords import hash_of, matches
from testbed.cloud.store import Store
from testbed.cloud.vault import Vault

STEP_SECONDS = 30
# RFC 6238 section 5.2 recommends one step of tolerance for delays
TOLERANCE_STEPS = 1


class Verdict(Enum):
    """What a password got its owner."""

    WRONG = auto()
    DISABLED = auto()
    CODE_WANTED = auto()
    WELCOME = auto()


@dataclass(frozen=True, slots=True)
class ProviderAccount:
    provider: str
    email: str
    totp_seed: str
    second_factor: bool
    active: bool


class ProviderAccounts:
    def __init__(self, store: Store, clock: Clock, known: KnownSecrets, vault: Vault) -> None:
        self._store = store
        self._clock = clock
        self._known = known
        self._vault = vault

    def find(self, provider: str, email: str) -> ProviderAccount | None:
        row = self._row(provider, email)
        return self._account(row) if row else None

    def of(self, email: str) -> ProviderAccount | None:
        row = self._store.one("SELECT * FROM provider_account WHERE email = ?", (email,))
        return self._account(row) if row else None

    def open(self, provider: str, email: str, password_hash: str) -> None:
        row = provider_row(self._vault, provider, email, password_hash)
        self._store.change("INSERT INTO provider_account VALUES (?, ?, ?, ?, ?, ?, 0)", row)

    def set_password(self, provider: str, email: str, password: str) -> None:
        self._set("password_hash", hash_of(password), provider, email)

    def set_second_factor(self, provider: str, email: str, *, wanted: bool) -> None:
        self._set("second_factor", int(wanted), provider, email)

    def set_active(self, provider: str, email: str, *, active: bool) -> None:
        self._set("active", int(active), provider, email)

    def close(self, email: str) -> None:
        self._store.change("DELETE FROM provider_account WHERE email = ?", (email,))

    async def admit(self, provider: str, email: str, password: str) -> Verdict:
        """An unknown account takes as long as a wrong password."""
        row = self._store.one(
            "SELECT * FROM provider_account ORDER BY provider = ? AND email = ? DESC LIMIT 1", (provider, email)
        )
        if row is None or not await asyncio.to_thread(matches, row["password_hash"], password):
            return Verdict.WRONG
        if (row["provider"], row["email"]) != (provider, email):
            return Verdict.WRONG
        if not row["active"]:
            return Verdict.DISABLED
        self._known.add(Kind.PASSWORD, password, email)
        return Verdict.CODE_WANTED if row["second_factor"] else Verdict.WELCOME

    def confirm(self, provider: str, email: str, code: str) -> bool:
        """Whether it is the code of now; none works twice (RFC 6238 section 5.2)."""
        row = self._row(provider, email)
        if row is None or not row["active"]:
            return False
        seed, now = self._vault.unlock(row["totp_seed"]), int(self._clock.now()) // STEP_SECONDS
        self._known.add(Kind.TOTP_SEED, seed, email)
        totp = pyotp.TOTP(seed, interval=STEP_SECONDS)
        for step in range(max(now - TOLERANCE_STEPS, row["last_step"] + 1), now + TOLERANCE_STEPS + 1):
            if pyotp.utils.strings_equal(code, totp.generate_otp(step)):
                self._set("last_step", step, provider, email)
                return True
        return False

    def _row(self, provider: str, email: str) -> Row | None:
        return self._store.one("SELECT * FROM provider_account WHERE provider = ? AND email = ?", (provider, email))

    def _account(self, row: Row) -> ProviderAccount:
        seed = self._vault.unlock(row["totp_seed"])
        return ProviderAccount(row["provider"], row["email"], seed, bool(row["second_factor"]), bool(row["active"]))

    def _set(self, column: str, value: str | int, provider: str, email: str) -> None:
        self._store.change(
            f"UPDATE provider_account SET {column} = ? WHERE provider = ? AND email = ?",  # noqa: S608 -- names of ours
            (value, provider, email),
        )


def provider_row(vault: Vault, provider: str, email: str, password_hash: str) -> tuple[str, str, str, str, int, int]:
    """A new account as the database holds it: its seed locked, one factor, active."""
    return provider, email, password_hash, vault.lock(pyotp.random_base32()), 0, 1
