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

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from testbed.cloud import admin, certificates
from testbed.cloud.addresses import Addresses
from testbed.cloud.clock import Clock
from testbed.cloud.evidence import EvidenceLog, Witness
from testbed.cloud.forms import BadInputError
from testbed.cloud.hosts import VirtualHosts
from testbed.cloud.known_secrets import KnownSecrets
from testbed.cloud.netserver.application import web_api
from testbed.cloud.people import TENANTS
from testbed.cloud.seeding import open_home
from testbed.cloud.servers import Listener, loopback, serve
from testbed.cloud.store import Store
from testbed.cloud.superid import online, pages
from testbed.cloud.superid.accounts import Accounts
from testbed.cloud.superid.faults import NoRedirectError
from testbed.cloud.superid.grants import Grants
from testbed.cloud.superid.identity import Signer, signing_key
from testbed.cloud.superid.requests import PendingRequests
from testbed.cloud.superid.sessions import Sessions
from testbed.cloud.superid.signin import SignIn

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
    options = parser.parse_args()
    if not RESERVED_DOMAIN.fullmatch(options.domain):
        parser.error("--domain must be a name under .test or .example, in lower case")
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    clock = Clock()
    try:
        store, passwords = open_home(options.home.absolute(), clock.now())
    except OSError as error:
        parser.error(f"--home cannot be used: {error.strerror or error}")
    try:
        asyncio.run(run(options.home.absolute(), Addresses(options.domain), clock, store, passwords))
    finally:
        store.close()


async def run(home: Path, addresses: Addresses, clock: Clock, store: Store, passwords: dict[str, str]) -> None:
    """The whole cloud, from the opened home to the last connection."""
    authority = certificates.issue(home, addresses.hosts)
    known, evidence, token = KnownSecrets(), EvidenceLog(), secrets.token_urlsafe(32)
    hosts = public_hosts(home, addresses, clock, store, known)
    public = Listener(Witness(hosts, evidence), loopback(), certificates.server_context(home))
    lab = admin.Admin(store, clock, known, evidence, passwords)
    private = Listener(admin.application(lab, token), loopback())
    ready = {
        "port": public.port,
        "hosts": list(addresses.hosts),
        "domain": addresses.domain,
        "ca": str(authority),
        "admin": f"http://127.0.0.1:{private.port}",
        "admin_token": token,
    }
    await serve([public, private], lambda: print(json.dumps(ready), flush=True))  # noqa: T201 -- the ready line


def public_hosts(home: Path, addresses: Addresses, clock: Clock, store: Store, known: KnownSecrets) -> ASGIApp:
    """Every host name with the application that answers for it."""
    pending, grants = PendingRequests(store, clock), Grants(store, clock, known)
    sign_in = SignIn(clock, Accounts(store, known), pending, Sessions(store, clock, known), grants)
    signer = Signer(signing_key(home), addresses, clock, known)
    sign_on = online.routes(
        online.Authorize(addresses, clock, pending),
        online.Tokens(grants, signer),
        online.Directory(addresses, clock, signer),
    )
    api = web_api(addresses, clock, store, grants)
    applications = {
        addresses.online: _pages(sign_on),
        addresses.sign_in: _pages(sign_in.routes()),
        addresses.api: api,
        addresses.spare_api: api,
    }
    return VirtualHosts(applications, dict.fromkeys(TENANTS, addresses.api))


def _pages(routes: list[Route]) -> Starlette:
    application = Starlette(
        routes=routes,
        exception_handlers=dict.fromkeys((BadInputError, NoRedirectError), _error_page),
    )
    application.router.redirect_slashes = False
    return application


async def _error_page(_request: Request, error: Exception) -> Response:
    return pages.error_page(str(error))


if __name__ == "__main__":
    main()
