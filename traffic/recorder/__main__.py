"""`python -m traffic.recorder`: one line of JSON on stdout when ready, then runs until SIGTERM or SIGINT."""

import asyncio
import json
import logging
import os
import secrets
import signal
import sys

from mitmproxy.options import Options
from mitmproxy.tools.dump import DumpMaster

from faults import UsageError
from traffic.recorder.arguments import Arguments, parse
from traffic.recorder.connections import proxyserver
from traffic.recorder.control import Control, ControlServer
from traffic.recorder.faults import TlsFaults
from traffic.recorder.hosts import MappedLoop
from traffic.recorder.journal import Journal
from traffic.recorder.scribe import Scribe

_PRIVATE = 0o077  # what is recorded holds secrets in clear: nobody else may read it


class Announcer:
    """The last addon: when mitmproxy runs, so does the control API, and then the one line is printed."""

    def __init__(self, arguments: Arguments, server: ControlServer, token: str) -> None:
        self._arguments = arguments
        self._server = server
        self._token = token

    async def running(self) -> None:
        ready = {
            "proxy_port": proxyserver().listen_addrs()[0][1],
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
    """mitmdump with our addons, until a signal ends it."""
    journal = Journal(arguments.events)
    scribe, tls_faults = Scribe(journal, arguments.hosts), TlsFaults(journal)
    token = secrets.token_urlsafe(24)
    master = DumpMaster(Options(confdir=str(arguments.authority)), with_termlog=False, with_dumper=False)
    server = ControlServer(Control(token, journal, scribe, tls_faults))
    master.addons.add(tls_faults, scribe, Announcer(arguments, server, token))  # type: ignore[no-untyped-call] # mitmproxy leaves it untyped
    master.options.update(  # type: ignore[no-untyped-call] # mitmproxy leaves it untyped
        listen_host="127.0.0.1",
        listen_port=arguments.listen_port,
        ssl_verify_upstream_trusted_ca=str(arguments.upstream_ca),
        save_stream_file=str(arguments.flows).replace("%", "%%"),  # mitmproxy reads it as a strftime format
        connection_strategy="lazy",  # a server is reached when a request asks for it: unmapped hosts are heard out too
        onboarding=False,  # mitm.it would be answered by mitmproxy itself
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
