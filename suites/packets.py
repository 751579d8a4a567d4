"""The phone's own packets since it was provisioned: what no proxy sees."""

from dataclasses import dataclass
from pathlib import Path

from faults import EvidenceMissing
from suites.leaks import told
from traffic.captures.origins import Hosts, in_clear, old_tls, round_the_proxy, unknown_hosts
from traffic.captures.pcap import Endpoint, PacketCapture, read_pcap


@dataclass(frozen=True, slots=True)
class Packets:
    """`proxy` is the recorder as the phone sees it.

    Every method raises EvidenceMissing where the capture cannot be read to its end, or holds nothing.
    """

    phone: str
    path: Path | None
    hosts: Hosts
    proxy: Endpoint

    def in_clear(self) -> list[str]:
        return list(in_clear(self._read(), self.hosts, self.proxy))

    def old_tls(self) -> list[str]:
        return list(old_tls(self._read(), self.hosts))

    def unknown_hosts(self) -> list[str]:
        return list(unknown_hosts(self._read(), self.hosts, self.proxy))

    def round_the_proxy(self) -> list[str]:
        return list(round_the_proxy(self._read(), self.hosts, self.proxy))

    def expect_nothing_unseen(self) -> None:
        """Raises EvidenceMissing when the app has spoken with anybody past the recorder."""
        if past := self.round_the_proxy():
            raise EvidenceMissing(told(f"{self.phone}: connections went round the recorder", past))

    def _read(self) -> PacketCapture:
        if self.path is None:
            msg = f"{self.phone} has no packet capture, so what goes round the proxy cannot be seen"
            raise EvidenceMissing(msg)
        capture = read_pcap(self.path)
        if capture.trouble:
            raise EvidenceMissing(capture.trouble)
        if not any(each.server == self.proxy for each in capture.connections):
            msg = f"{self.path.name}: none of {len(capture.connections)} connections goes to the proxy {self.proxy[0]}"
            raise EvidenceMissing(msg)
        return capture
