import ssl
from pathlib import Path

from tests.traffic.captures.builders import HOST, capture, shake_hands
from traffic.audit import Audit, audit_capture
from traffic.policy import read_policy
from traffic.secrets import Secret

POLICY = """
[roles]
home = ["*.superoffice.test"]
[hosts]
system = ["connectivitycheck.example"]
[kinds.password]
"""
NOISE, PASSWORD = "connectivitycheck.example", "sm0rbr0d-og-k4ffe"


def audited(folder: Path, *, said: str | None = None, newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> Audit:
    """A phone's packets: a handshake with the app's server, and where asked for a request in clear to the system's."""
    packets = capture(folder / "a.pcap")
    shake_hands(packets.opened(HOST, 443), newest=newest)
    if said is not None:
        packets.opened(NOISE, 80).sent(f"GET /{said} HTTP/1.1\r\nHost: {NOISE}\r\n\r\n".encode())
    packets.close()
    (folder / "policy.toml").write_text(POLICY)
    return audit_capture(folder / "a.pcap", [Secret("password", PASSWORD)], read_policy(folder / "policy.toml"))


def test_hosts_that_the_policy_names_are_no_findings(tmp_path: Path) -> None:
    assert audited(tmp_path).findings == ()


def test_the_systems_own_noise_in_clear_is_none_of_the_app(tmp_path: Path) -> None:
    assert audited(tmp_path, said="generate_204").findings == ()


def test_a_secret_in_the_systems_noise_is_found(tmp_path: Path) -> None:
    found = audited(tmp_path, said=f"generate_204?{PASSWORD}").findings

    assert {(one.promise, one.where) for one in found if one.secret == 0} >= {("tokens_stay_out_of_urls", "url")}


def test_a_host_that_nobody_names_is_found_once(tmp_path: Path) -> None:
    packets = capture(tmp_path / "a.pcap")
    for _ in range(2):
        packets.opened("198.51.100.7", 4711).sent(b"\x00hello")
    packets.close()

    (found,) = [one for one in audit_capture(tmp_path / "a.pcap", ()).findings if one.promise == "every_host_is_known"]

    assert (found.claim, found.host, found.side.value, found.secret) == ("O13", "198.51.100.7", "app", None)
