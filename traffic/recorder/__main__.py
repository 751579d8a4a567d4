"""`python -m traffic.recorder`: one line of JSON on stdout when ready, then runs until SIGTERM or SIGINT."""

import asyncio
import json
import logging
import os
import secrets
import signal
import sys

from mitmproxy.addons.core import Core
from mitmproxy.addons.disable_h2c import DisableH2C
from mitmproxy.addons.errorcheck import ErrorCheck
from mitmproxy.addons.next_layer import NextLayer
from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.addons.tlsconfig import TlsConfig
from mitmproxy.master import Master
from mitmproxy.options import Options

from faults import UsageError
from traffic.recorder.arguments import Arguments, parse
from traffic.recorder.connections import ports
from traffic.recorder.control import Control, ControlServer
from traffic.recorder.faults import Faults, TlsFaults
from traffic.recorder.flow_file import FlowFile
from traffic.recorder.hosts import MappedLoop
from traffic.recorder.journal import Journal
from traffic.recorder.scribe import Scribe
from traffic.recorder.span import Span
from traffic.recorder.streams import Streams
from traffic.recorder.wrong_answers import WrongAnswers

_PRIVATE = 0o077  # what is recorded holds secrets in clear: nobody else may read it

MITMPROXYS_OWN = (Core, DisableH2C, Proxyserver, NextLayer, TlsConfig, ErrorCheck)
"""What of mitmdump takes part in proxying. Each addon costs at every event, and of its forty most do nothing here;
its resolver of names would ask the network, and its welcome page would answer what the phone asked of others."""


class Closing:
    """The very last addon: what the others still write when all ends is written."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def done(self) -> None:
        self._journal.close()


class Announcer:
    """When mitmproxy runs, so does the control API, and then the one line is printed."""

    def __init__(self, arguments: Arguments, server: ControlServer, token: str) -> None:
        self._arguments = arguments
        self._server = server
        self._token = token

    async def running(self) -> None:
        proxy, *dns = ports()
        ready = {
            "proxy_port": proxy,
            **({"dns_port": dns[0]} if dns else {}),
            "control": await self._server.start(),
            "control_token": self._token,
            "ca": str(self._arguments.authority / "mitmproxy-ca-cert.pem"),
            "events": str(self._arguments.events),
            "flows": str(self._arguments.flows),
        }
        sys.stdout.write(json.dumps(ready) + "\n")
        sys.stdout.flush()

    def done(self) -> None:
        self._server.stop()


async def record(arguments: Arguments) -> None:
    """mitmproxy's core with our addons, until a signal ends it."""
    journal = Journal(arguments.events)
    span, faults = Span(arguments.phone), Faults()
    scribe = Scribe(journal, arguments.hosts, span, arguments.bodies)
    handshakes = TlsFaults(journal, faults, span)
    token = secrets.token_urlsafe(24)
    master = Master(Options(confdir=str(arguments.authority)), with_termlog=False)
    server = ControlServer(Control(token, journal, scribe, handshakes, span))
    master.addons.add(  # type: ignore[no-untyped-call] # mitmproxy leaves it untyped
        *(addon() for addon in MITMPROXYS_OWN),
        handshakes,
        WrongAnswers(journal, faults, span),
        scribe,
        FlowFile(arguments.flows),
        Streams(journal, arguments.hosts, span),
        Announcer(arguments, server, token),
        Closing(journal),
    )
    master.options.update(  # type: ignore[no-untyped-call] # mitmproxy leaves it untyped
        listen_host=arguments.listen_host,
        mode=list(arguments.modes),
        listen_port=arguments.listen_port,
        ssl_verify_upstream_trusted_ca=str(arguments.upstream_ca),
        connection_strategy="lazy",  # a server is reached when a request asks for it: unmapped hosts are heard out too
    )
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, master.shutdown)
    await master.run()


def main() -> int:
    try:
        arguments = parse(sys.argv[1:])
        os.umask(_PRIVATE)
        arguments.out.mkdir(parents=True, exist_ok=True)
    except (UsageError, OSError) as trouble:
        sys.stderr.write(f"traffic.recorder: {trouble}\n")
        return 2
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    asyncio.run(record(arguments), loop_factory=lambda: MappedLoop(arguments.hosts))
    return 0


if __name__ == "__main__":
    sys.exit(main())
