"""The recorder's command line."""

import argparse
import errno
import ipaddress
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, override

from faults import UsageError
from traffic.recorder.hosts import HostMap, Mapping


@dataclass(frozen=True, slots=True)
class Arguments:
    out: Path
    upstream_ca: Path
    hosts: HostMap
    listen_port: int
    phone: str | None = None
    dns: bool = False
    listen_host: str = "127.0.0.1"
    kept_authority: Path | None = None

    @property
    def modes(self) -> tuple[str, ...]:
        """mitmproxy's names for what it listens to. It takes two ports 0 for one, so one is picked here."""
        return ("regular", f"dns@127.0.0.1:{_free_port()}") if self.dns else ("regular",)

    @property
    def bodies(self) -> Path:
        """The folder of bodies that are too large for an event."""
        return self.out / "bodies"

    @property
    def events(self) -> Path:
        return self.out / "events.jsonl"

    @property
    def flows(self) -> Path:
        return self.out / "traffic.mitm"

    @property
    def authority(self) -> Path:
        """Its folder: made anew with each recording, but for a phone whose owner has it trusted by hand."""
        return self.kept_authority or self.out / "authority"


def parse(argv: Sequence[str]) -> Arguments:
    """Raises UsageError with one line that says what is wrong."""
    options = _parser().parse_args(argv)
    _check_authority(options.upstream_ca)
    hosts = HostMap(Mapping.parse(text) for text in options.map)
    arguments = Arguments(
        options.out.absolute(),
        options.upstream_ca.absolute(),
        hosts,
        options.listen_port,
        options.phone,
        options.dns,
        options.listen_host,
        options.authority.absolute() if options.authority else None,
    )
    if arguments.events.exists():
        raise UsageError(f"--out {options.out}: already holds a recording, and two in one file would count twice")
    return arguments


class _Parser(argparse.ArgumentParser):
    @override
    def error(self, message: str) -> NoReturn:
        raise UsageError(message)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m traffic.recorder", description="Records what goes through an HTTP proxy.")
    parser.add_argument(
        "--out", type=Path, required=True, help="folder for events.jsonl, traffic.mitm and the authority"
    )
    parser.add_argument("--upstream-ca", type=Path, required=True, help="PEM file of what the servers are trusted by")
    parser.add_argument("--map", action="append", required=True, help="PATTERN=ADDRESS:PORT, may be repeated")
    parser.add_argument("--listen-port", type=_port, default=0, help="0 picks a free one")
    parser.add_argument(
        "--listen-host", type=_address, default="127.0.0.1", help="of this machine, where a phone on its network comes"
    )
    parser.add_argument("--authority", type=Path, help="folder of an authority that outlives the recording")
    parser.add_argument("--phone", help="whose traffic it is; written into every event")
    parser.add_argument("--dns", action="store_true", help="answer DNS questions by the map, too (UDP)")
    return parser


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port < 1 << 16:
        raise ValueError
    return port


def _address(text: str) -> str:
    return str(ipaddress.ip_address(text))


def _free_port() -> int:
    """Free for TCP and for UDP: DNS is served by both, and a number that UDP has free may be a connection's of TCP."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as stream:
        stream.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as asyncio binds it
        stream.bind(("127.0.0.1", 0))
        port: int = stream.getsockname()[1]
        return port if _free_for_datagrams(port) else _free_port()


def _free_for_datagrams(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        try:
            one.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            return False
        return True


def _check_authority(path: Path) -> None:
    try:
        ssl.create_default_context(cafile=path)
    except (OSError, ssl.SSLError) as trouble:
        raise UsageError(f"--upstream-ca {path}: no readable PEM certificate ({trouble})") from None
