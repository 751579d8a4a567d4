"""The test CA and the certificate of all hosts, kept with the home so that a phone may go on trusting them."""

import json
import ssl
from collections.abc import Iterable
from pathlib import Path

import trustme

from testbed.cloud.knobs.handshake import ChoosingContext

CA_FILE, LEAF_FILE, KEY_FILE, NAMES_FILE = "ca.pem", "hosts.pem", "hosts.key", "hosts.json"
# only who forges certificates needs it (knobs/forgeries.py)
CA_KEY_FILE = "ca.key"


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
        for name, secret in ((KEY_FILE, leaf.private_key_pem), (CA_KEY_FILE, ca.private_key_pem)):
            (home / name).touch(mode=0o600)
            secret.write_to_path(home / name)
        (home / NAMES_FILE).write_text(json.dumps(names))
    return home / CA_FILE


def server_context(home: Path) -> ChoosingContext:
    """TLS 1.2 and later, as the vendor's hosts speak since 2020 (security.mdx)."""
    context = ChoosingContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    load(context, home)
    return context


def load(context: ssl.SSLContext, home: Path) -> None:
    context.load_cert_chain(home / LEAF_FILE, home / KEY_FILE)


def authority(home: Path) -> trustme.CA:
    """The CA itself, with its key."""
    return trustme.CA.from_pem((home / CA_FILE).read_bytes(), (home / CA_KEY_FILE).read_bytes())


def _issued_for(home: Path) -> list[str]:
    files = tuple(home / name for name in (CA_FILE, CA_KEY_FILE, LEAF_FILE, KEY_FILE, NAMES_FILE))
    if not all(file.exists() for file in files):
        return []
    names: list[str] = json.loads(files[-1].read_text())
    return names


def _write_chain(path: Path, leaf: trustme.LeafCert) -> None:
    path.write_bytes(b"".join(blob.bytes() for blob in leaf.cert_chain_pems))
