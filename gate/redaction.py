"""Keeps secrets out of what people read: a failed comparison quotes what it compared."""

import ssl
from collections.abc import Mapping
from pathlib import Path

import httpx

from gate.rundir import append_line, read_object
from traffic.redaction import redacted
from traffic.secrets import Secret, Secrets

LIMIT = 2.0  # seconds
TRUSTS_NOBODY = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""The tenant's side for administrators speaks in clear on this machine; httpx would read all public authorities anew
for each question, which takes longer than the answer."""


class Redactor:
    """Replaces every secret that the tenant has named so far by its kind and number."""

    def __init__(self, lab: Path, kept: Path | None = None) -> None:
        """`kept` is a file that holds what was named until the run is judged; only its owner may read it."""
        self._lab = lab
        self._kept = kept
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
                verify=TRUSTS_NOBODY,
            )
            answer.raise_for_status()
            rows = answer.json()
        except (httpx.HTTPError, ValueError):
            return  # it is gone; what it said before still counts
        named = {row["value"]: row["kind"] for row in rows if row["value"] not in self._kinds}
        self._kinds |= named
        self._keep(named)

    def _keep(self, named: Mapping[str, str]) -> None:
        if self._kept is None:
            return
        self._kept.parent.mkdir(parents=True, exist_ok=True)
        self._kept.touch(0o600)
        for value, kind in named.items():
            append_line(self._kept, {"kind": kind, "value": value})

    @property
    def secrets(self) -> Secrets:
        """All that were named so far; what is too weak to be told from ordinary words is left alone."""
        if len(self._secrets) < len(self._kinds):
            self._secrets = Secrets.searchable(Secret(kind, value) for value, kind in self._kinds.items())
        return self._secrets

    def redacted(self, text: str) -> str:
        """Also what shows one only through an encoding."""
        return redacted(text, self.secrets)
