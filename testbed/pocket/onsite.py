"""Signing in to a customer's own installation: user name and password, and a ticket in return (CRM Online = false).

The password is sent once and kept nowhere; where the user wants to be logged in automatically, the ticket is kept.
"""

from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from .api import UNAUTHORISED, read
from .configuration import NotAccepted, api_of
from .network import Network
from .state import Entry, Form, Identity
from .tokens import Session
from .trouble import UNREADABLE, Refused

URL, USER, PASSWORD = "onsite_url", "onsite_user", "onsite_password"
SCHEME: Final = "SOTicket"


def empty_form(netserver: str) -> Form:
    """Return the fields to fill in; the address of a configured installation stands there already."""
    entries = (Entry(URL, "Address", netserver), Entry(USER, "User name"), Entry(PASSWORD, "Password", secret=True))
    return Form("Log in to SuperOffice CRM", entries)


def sign_in(network: Network, given: Form) -> Session:
    """Return a session; raises Trouble, also for an address that is none."""
    values = given.values()
    try:
        api = api_of(values[URL])
    except NotAccepted as reason:
        raise Refused(str(reason)) from None
    asked = {"Username": values[USER], "Password": values[PASSWORD]}
    answer = network.send("POST", f"{api}v1/Agents/SoPrincipal/Authenticate", json=asked)
    if answer.status_code == UNAUTHORISED:
        raise Refused("User name or password is wrong.", UNAUTHORISED)
    ticket = read(answer).get("Ticket")
    if not isinstance(ticket, str):
        raise Refused(UNREADABLE)
    host = urlsplit(api).hostname or ""
    session = Session(ticket, "", api, Identity(host, values[USER], values[USER], host), scheme=SCHEME)
    return replace(session, identity=_principal(network, session))


def _principal(network: Network, session: Session) -> Identity:
    headers = {"Authorization": f"{SCHEME} {session.access_token}"}
    found = read(network.send("GET", f"{session.webapi_url}v1/User/currentPrincipal", headers=headers))
    known = session.identity
    return replace(known, user=str(found["AssociateId"]), email=str(found.get("EMailAddress") or known.email))
