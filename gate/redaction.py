"""Keeps secrets out of what people read: a failed comparison quotes what it compared."""

from collections.abc import Mapping
from pathlib import Path

import httpx

from gate.rundir import read_object
from traffic.redaction import redacted
from traffic.secrets import Secret, Secrets

LIMIT = 2.0  # seconds


class Redactor:
    """Replaces every secret that the tenant has named so far by its kind and number."""

    def __init__(self, lab: Path) -> None:
        self._lab = lab
        self._kinds: dict[str, str] = {}
        self._secrets = Secrets(())

    def learn(self) -> None:
        """Ask each phone's tenant what it has issued since; a reset makes it forget, we do not."""
        for lane in read_object(self._lab).get("lanes", ()):
            self._ask(lane["cloud"])

    def _ask(self, cloud: Mapping[str, str]) -> None:
        try:
            answer = httpx.get(
                f"{cloud['admin']}/secrets",
                headers={"Authorization": f"Bearer {cloud['admin_token']}"},
                timeout=LIMIT,
                trust_env=False,
            )
            answer.raise_for_status()
            rows = answer.json()
        except (httpx.HTTPError, ValueError):
            return  # it is gone; what it said before still counts
        self._kinds |= {row["value"]: row["kind"] for row in rows}

    @property
    def secrets(self) -> Secrets:
        """All that were named so far; what is too weak to be told from ordinary words is left alone."""
        if len(self._secrets) < len(self._kinds):
            self._secrets = Secrets.searchable(Secret(kind, value) for value, kind in self._kinds.items())
        return self._secrets

    def redacted(self, text: str) -> str:
        """Also what shows one only through an encoding."""
        return redacted(text, self.secrets)
