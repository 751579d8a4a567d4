"""The keys that sign id_tokens: one signs, older ones stay published for a while after they were replaced."""

import os
from pathlib import Path

from joserfc.jwk import Key, KeySet, RSAKey

from testbed.cloud.clock import Clock
from testbed.cloud.settings import SettingsBook
from testbed.cloud.store import Store

FIRST_FILE = "id-token.key"
ALGORITHM = "RS256"
BITS = 2048


class KeyRing:
    """Private keys lie in the home, readable by its owner alone; the database holds their order."""

    def __init__(self, home: Path, store: Store, clock: Clock, settings: SettingsBook) -> None:
        self._home = home
        self._store = store
        self._clock = clock
        self._settings = settings
        self._loaded: dict[int, RSAKey] = {}

    def current(self) -> RSAKey:
        return self._key(self._order()[0][0])

    def published(self) -> KeySet:
        """The signing key, then those replaced less than the overlap ago, so that fresh id_tokens stay verifiable."""
        oldest = self._clock.now() - self._settings.read().key_overlap_seconds
        order = self._order()
        keys: list[Key] = [self._key(order[0][0])]
        keys += [
            self._key(number) for (number, _), (_, replaced) in zip(order[1:], order, strict=False) if replaced > oldest
        ]
        return KeySet(keys)

    def all(self) -> KeySet:
        """Also retired ones: an id_token that comes back as a hint may be old (RP-Initiated Logout 1.0 section 2)."""
        return KeySet([self._key(number) for number, _ in self._order()])

    def public(self) -> dict[str, object]:
        """The JWK set (RFC 7517)."""
        keys = (key.as_dict(private=False) for key in self.published().keys)
        return {"keys": [{**key, "use": "sig", "alg": ALGORITHM} for key in keys]}

    def rotate(self) -> RSAKey:
        number = self._order()[0][0] + 1
        self._loaded[number] = _write(self._path(number))
        self._store.change("INSERT INTO signing_key VALUES (?, ?)", (number, self._clock.now()))
        return self.current()

    def _order(self) -> list[tuple[int, float]]:
        """Numbers and dates, the newest first; the first key has always been there."""
        rows = self._store.all("SELECT * FROM signing_key ORDER BY number DESC")
        return [*((row["number"], row["since"]) for row in rows), (0, 0.0)]

    def _key(self, number: int) -> RSAKey:
        if number not in self._loaded:
            path = self._path(number)
            self._loaded[number] = _read(path) if path.exists() else _write(path)
        return self._loaded[number]

    def _path(self, number: int) -> Path:
        return self._home / (FIRST_FILE if number == 0 else f"id-token-{number}.key")


def provider_key(home: Path, name: str) -> RSAKey:
    """The key of an identity provider in the neighbourhood, made when first asked for."""
    path = home / f"provider-{name}.key"
    return _read(path) if path.exists() else _write(path)


def _read(path: Path) -> RSAKey:
    key = RSAKey.import_key(path.read_bytes())
    key.ensure_kid()
    return key


def _write(path: Path) -> RSAKey:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(RSAKey.generate_key(BITS).as_pem(private=True))
    return _read(path)
