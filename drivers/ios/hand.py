"""What only a person's hands can do on an iPhone, because no driver may: one Protocol, and who stands in for the hands.

Whatever goes through a hand is named in the report (`channel`): it is not done by Appium.
"""

import base64
from pathlib import Path
from typing import Any, Protocol

import httpx

from drivers.phone import Capability
from faults import BenchFault, CapabilityMissing, EvidenceMissing

SECONDS = 10.0


class Hand(Protocol):
    """Each raises CapabilityMissing where these hands cannot do it."""

    @property
    def channel(self) -> str:
        """By what the hands act, for the report."""

    @property
    def capabilities(self) -> frozenset[Capability]: ...
    def trust(self, certificate: Path) -> None:
        """Install a root certificate and trust it in full."""

    def distrust(self, certificate: Path) -> None: ...
    def use_proxy(self, port: int | None) -> None:
        """Send the phone's traffic to a proxy on this machine; None takes the proxy away."""

    def airplane_mode(self, *, on: bool) -> None: ...
    def set_clock(self, epoch: float | None) -> None:
        """Seconds since 1970; None for the right time."""

    def show_to_camera(self, png: bytes) -> None: ...
    def clear_website_data(self) -> None:
        """Safari's cookies, which sign-in sheets share."""

    def clear_keychain(self) -> None:
        """What apps left in the keychain, also those that are gone."""


class ControlledHand:
    """The hand's channel of a virtual iPhone."""

    channel = "the virtual iPhone's control channel"
    capabilities = frozenset({Capability.SETTABLE_CLOCK, Capability.CAMERA})

    def __init__(self, url: str, token: str) -> None:
        self._client = httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=SECONDS,
            trust_env=False,
            limits=httpx.Limits(max_keepalive_connections=0),  # hands are slow; nothing stays open between two deeds
        )
        self._profiles: dict[Path, str] = {}

    def trust(self, certificate: Path) -> None:
        said = self._do("POST", "/certificate", pem=certificate.read_text(encoding="ascii"))
        self._profiles[certificate] = str(said["fingerprint"])

    def distrust(self, certificate: Path) -> None:
        fingerprint = self._profiles.pop(certificate, None)
        if fingerprint is not None:
            self._do("DELETE", f"/certificate/{fingerprint}")

    def use_proxy(self, port: int | None) -> None:
        if port is None:
            self._expect(self._do("DELETE", "/proxy")["proxy"] is None, "the proxy away")
        else:
            said = self._do("PUT", "/proxy", port=port)
            self._expect((said["proxy"] or {}).get("port") == port, f"the proxy on port {port}")

    def airplane_mode(self, *, on: bool) -> None:
        self._expect(self._do("PUT", "/airplane-mode", on=on)["airplane_mode"] is on, f"airplane mode {on}")

    def set_clock(self, epoch: float | None) -> None:
        self._do("PUT", "/clock", **({"automatic": True} if epoch is None else {"epoch": epoch}))

    def show_to_camera(self, png: bytes) -> None:
        self._do("PUT", "/camera", png=base64.b64encode(png).decode())

    def clear_website_data(self) -> None:
        self._do("DELETE", "/website-data")

    def clear_keychain(self) -> None:
        self._do("DELETE", "/keychain")

    def connections(self) -> list[dict[str, Any]]:
        """Every attempt to reach something, as the phone saw it."""
        found: list[dict[str, Any]] = self._ask("GET", "/connections")
        return found

    def _do(self, method: str, path: str, **body: object) -> dict[str, Any]:
        found: dict[str, Any] = self._ask(method, path, body)
        return found

    def _ask(self, method: str, path: str, body: dict[str, object] | None = None) -> Any:  # noqa: ANN401 -- each path answers its own shape
        try:
            answer = self._client.request(method, path, json=body)
        except httpx.HTTPError as error:
            msg = f"{self.channel} does not answer {method} {path}: {error!r}"
            raise BenchFault(msg) from error
        if answer.is_error:
            msg = f"{self.channel} refuses {method} {path}: {answer.status_code} {answer.text[:200]}"
            raise BenchFault(msg)
        return answer.json()

    def _expect(self, done: bool, what: str) -> None:  # noqa: FBT001 -- the outcome, not a switch
        if not done:
            msg = f"{self.channel} does not show {what} after it was set"
            raise EvidenceMissing(msg)


ONE_AT_A_TIME = "clear it by hand, say cleared = true in the configuration, and run one check at a time"


class PersonsHand:
    """A phone in somebody's hands: what must be done before the run is taken for done, the rest cannot be.

    `cleared` says that its browser and keychain were cleared, too; that holds until the first check has begun.
    """

    channel = "a person, before the run (docs/real-phones.md)"
    capabilities: frozenset[Capability] = frozenset()

    def __init__(self, phone: str, *, cleared: bool = False) -> None:
        self._phone = phone
        self._clear = {"website data", "keychain"} if cleared else set()

    def trust(self, certificate: Path) -> None:
        """Done before the run; whether it was is proved by the first request that passes the recorder."""

    def distrust(self, certificate: Path) -> None:
        """The person removes the profile; docs/real-phones.md says so."""

    def use_proxy(self, port: int | None) -> None:
        """As `trust`."""

    def airplane_mode(self, *, on: bool) -> None:
        if on:
            self._cannot("turn airplane mode on", "run this check on a simulator or on a virtual iPhone")

    def set_clock(self, epoch: float | None) -> None:
        if epoch is not None:
            self._cannot("set the clock", "use a short limit and let time pass")

    def show_to_camera(self, png: bytes) -> None:  # noqa: ARG002 -- nobody is there to hold it
        self._cannot("hold a picture before the camera", "use a virtual phone")

    def clear_website_data(self) -> None:
        """Done before the run, for one check; one that finds a browser signed in fails at its first page."""
        if "website data" not in self._clear:
            self._cannot("clear Safari's website data", ONE_AT_A_TIME)
        self._clear.remove("website data")

    def clear_keychain(self) -> None:
        """As the website data; an app that finds its old tokens does not show its first screen."""
        if "keychain" not in self._clear:
            self._cannot("clear the keychain", ONE_AT_A_TIME)
        self._clear.remove("keychain")

    def _cannot(self, what: str, instead: str) -> None:
        msg = f"{self._phone}: nobody is there to {what}; {instead}"
        raise CapabilityMissing(msg)
