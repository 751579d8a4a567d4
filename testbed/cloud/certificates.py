"""The test CA and the certificate of all hosts, kept with the home so that a phone may go on trusting them."""

import json
import ssl
from collections.abc import Iterable
from pathlib import Path

import trustme

CA_FILE, LEAF_FILE, KEY_FILE, NAMES_FILE = "ca.pem", "hosts.pem", "hosts.key", "hosts.json"


def issue(home: Path, hosts: Iterable[str]) -> Path:
    """Where the CA's certificate lies; issues a new CA and certificate where the home has none for these hosts.

    The certificates are valid from 2000 to 2038, so that tests may move clocks by years.
    """
    names = sorted(hosts)
    if _issued_for(home) != names:
        ca = trustme.CA(organization_name="pocketgate test CA")
        leaf = ca.issue_cert(*names, organization_name="pocketgate reference cloud")
        ca.cert_pem.write_to_path(home / CA_FILE)
        _write_chain(home / LEAF_FILE, leaf)
        (home / KEY_FILE).touch(mode=0o600)
        leaf.private_key_pem.write_to_path(home / KEY_FILE)
        (home / NAMES_FILE).write_text(json.dumps(names))
    return home / CA_FILE


def server_context(home: Path) -> ssl.SSLContext:
    """TLS 1.2 and later, as the vendor's hosts speak since 2020 (security.mdx)."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(home / LEAF_FILE, home / KEY_FILE)
    return context


def _issued_for(home: Path) -> list[str]:
    files = (home / CA_FILE, home / LEAF_FILE, home / KEY_FILE, home / NAMES_FILE)
    if not all(file.exists() for file in files):
        return []
    names: list[str] = json.loads(files[-1].read_text())
    return names


def _write_chain(path: Path, leaf: trustme.LeafCert) -> None:
    path.write_bytes(b"".join(blob.bytes() for blob in leaf.cert_chain_pems))
