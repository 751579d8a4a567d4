"""`python -m testbed.cloud --home DIR [--domain superoffice.test]`: one JSON line on stdout when ready."""

import argparse
import asyncio
import json
import logging
import re
import secrets
import sys
from pathlib import Path
from typing import NoReturn

from testbed.cloud import addresses as names
from testbed.cloud import certificates
from testbed.cloud.addresses import Addresses
from testbed.cloud.admin.application import application as admin_application
from testbed.cloud.assembly import Cloud
from testbed.cloud.clock import Clock
from testbed.cloud.evidence import Witness
from testbed.cloud.library import Library
from testbed.cloud.rows import FEWEST, MOST, USUAL
from testbed.cloud.seeding import open_home
from testbed.cloud.servers import Listener, loopback, serve
from testbed.cloud.store import Store

# names that can never be somebody's (RFC 2606): this server must not be taken for a real one
RESERVED_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?\.){1,4}(test|example)")


class OneLineParser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def main() -> None:
    parser = OneLineParser(prog="python -m testbed.cloud", description="The reference cloud.", allow_abbrev=False)
    parser.add_argument("--home", type=Path, required=True, help="folder for keys, certificates and state")
    parser.add_argument(
        "--domain", default="superoffice.test", help="parent of all host names, under .test or .example"
    )
    parser.add_argument("--crash-sink", default=names.CRASH_SINK, metavar="HOST", help="name the crash sink answers to")
    parser.add_argument("--rows", type=int, default=USUAL, help=f"records of the first tenant, {FEWEST} to {MOST}")
    options = parser.parse_args()
    if not FEWEST <= options.rows <= MOST:
        parser.error(f"--rows must be from {FEWEST} to {MOST}")
    if not RESERVED_DOMAIN.fullmatch(options.domain):
        parser.error("--domain must be a name under .test or .example, in lower case")
    if not RESERVED_DOMAIN.fullmatch(options.crash_sink):
        parser.error("--crash-sink must be a name under .test or .example, in lower case")
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    clock = Clock()
    try:
        store, passwords = open_home(options.home.absolute())
        library = Library(store, options.home.absolute(), clock.now(), options.rows)
    except OSError as error:
        parser.error(f"--home cannot be used: {error.strerror or error}")
    clock.resume(store)
    addresses = Addresses(options.domain, options.crash_sink)
    try:
        asyncio.run(run(options.home.absolute(), addresses, clock, store, passwords, library))
    finally:
        store.close()


async def run(  # noqa: PLR0913, PLR0917 -- the cloud's footing
    home: Path, addresses: Addresses, clock: Clock, store: Store, passwords: dict[str, str], library: Library
) -> None:
    """The whole cloud, from the opened home to the last connection."""
    authority = certificates.issue(home, addresses.hosts)
    outer, inner = loopback(), loopback()
    cloud = Cloud(home, addresses, clock, store, passwords, inner.getsockname()[1], library)
    context = certificates.server_context(home)
    context.choose, context.wanted = cloud.wardrobe.choose, cloud.wardrobe.wanted
    token = secrets.token_urlsafe(32)
    public = Listener(Witness(cloud.public, cloud.evidence, cloud.body_limits), outer, context)
    # what the cloud's own services ask of one another is no client's doing, so it is told apart
    private = Listener(Witness(cloud.public, cloud.back_channel, cloud.body_limits), inner, context)
    admin = Listener(admin_application(cloud.admin_routes(), token), loopback())
    ready = {
        "port": public.port,
        "hosts": list(addresses.hosts),
        "services": addresses.services,
        "domain": addresses.domain,
        "ca": str(authority),
        "admin": f"http://127.0.0.1:{admin.port}",
        "admin_token": token,
    }
    try:
        await serve([public, private, admin], lambda: print(json.dumps(ready), flush=True))  # noqa: T201 -- the ready line
    finally:
        await cloud.end()


if __name__ == "__main__":
    main()
