"""The secrets that were in play, for those who look for them where they must not be."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    PASSWORD = "password"  # noqa: S105 -- a kind of secret, not one
    ACCESS_TOKEN = "access_token"  # noqa: S105 -- a kind of secret, not one
    REFRESH_TOKEN = "refresh_token"  # noqa: S105 -- a kind of secret, not one
    ID_TOKEN = "id_token"  # noqa: S105 -- a kind of secret, not one
    AUTHORIZATION_CODE = "authorization_code"
    CODE_VERIFIER = "code_verifier"
    SESSION_COOKIE = "session_cookie"
    PROVIDER_CODE = "provider_code"
    PROVIDER_TOKEN = "provider_token"  # noqa: S105 -- a kind of secret, not one
    PROVIDER_COOKIE = "provider_cookie"
    TOTP_SEED = "totp_seed"
    TICKET = "ticket"


@dataclass(frozen=True, slots=True)
class Secret:
    """`tenant` is None where the secret belongs to a person and no tenant is chosen yet."""

    kind: Kind
    value: str
    email: str
    tenant: str | None


class KnownSecrets:
    """In memory only: the cloud itself keeps hashes."""

    def __init__(self) -> None:
        self._secrets: dict[Secret, None] = {}

    def add(self, kind: Kind, value: str, email: str, tenant: str | None = None) -> None:
        self._secrets[Secret(kind, value, email, tenant)] = None

    def forget(self) -> None:
        self._secrets.clear()

    def all(self) -> tuple[Secret, ...]:
        """In the order of their first appearance."""
        return tuple(self._secrets)
