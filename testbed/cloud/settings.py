"""What the lab may set of the cloud's behaviour; kept with the state, so that a restart changes none of it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from typing import Any

from testbed.cloud.forms import BadInputError, Json
from testbed.cloud.store import Store

DAY, YEAR = 86_400, 365 * 86_400
LONGEST_SECONDS = 50 * YEAR


class RefreshTokens(StrEnum):
    """Re-usable as the vendor documents them (auth-code-flow.mdx), or each good for once (RFC 9700 section 4.14)."""

    REUSABLE = "reusable"
    ROTATING = "rotating"


@dataclass(frozen=True, slots=True)
class Settings:
    """Lifetimes in seconds of the cloud's clock.

    The code's ten minutes, the access token's hour and the id_token's five minutes are documented; "several years" is
    all that is said of the refresh token.
    """

    code_seconds: int = 600
    access_token_seconds: int = 3600
    refresh_token_seconds: int = 5 * YEAR
    id_token_seconds: int = 300
    browser_session_seconds: int = DAY
    key_overlap_seconds: int = DAY
    refresh_tokens: RefreshTokens = RefreshTokens.REUSABLE


def changed(settings: Settings, orders: Mapping[str, Json]) -> Settings:
    """`settings` with some set anew; raises BadInputError, and then nothing of it holds."""
    known = {field.name for field in fields(settings)}
    if not orders or not orders.keys() <= known:
        raise BadInputError(f"settings are: {', '.join(sorted(known))}")
    chosen: dict[str, Any] = {name: _value(name, value) for name, value in orders.items()}
    return replace(settings, **chosen)


class SettingsBook:
    def __init__(self, store: Store) -> None:
        self._store = store

    def read(self) -> Settings:
        rows = self._store.all("SELECT * FROM setting")
        kept = {row["name"]: json.loads(row["value"]) for row in rows}
        if "refresh_tokens" in kept:
            kept["refresh_tokens"] = RefreshTokens(kept["refresh_tokens"])
        return Settings(**kept)

    def write(self, settings: Settings) -> None:
        with self._store.together():
            for name, value in asdict(settings).items():
                self._store.change("INSERT OR REPLACE INTO setting VALUES (?, ?)", (name, json.dumps(value)))


def _value(name: str, value: Json) -> int | RefreshTokens:
    if name == "refresh_tokens":
        if value not in {each.value for each in RefreshTokens}:
            raise BadInputError("refresh_tokens must be reusable or rotating")
        return RefreshTokens(str(value))
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= LONGEST_SECONDS:
        raise BadInputError(f"{name} must be a number of seconds from 1 to {LONGEST_SECONDS}")
    return value
