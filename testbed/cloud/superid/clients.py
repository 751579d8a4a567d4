"""Registered applications: public native clients, which can keep no secret (RFC 8252 section 8.4)."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Client:
    client_id: str
    private_scheme_redirect: str
    loopback_path: str

    def allows(self, redirect_uri: str) -> bool:
        """Exact match, but for the loopback's port, which the app picks (RFC 8252 section 7.3)."""
        if redirect_uri == self.private_scheme_redirect:
            return True
        loopback = rf"http://127\.0\.0\.1(:[0-9]{{1,5}})?{re.escape(self.loopback_path)}"
        return re.fullmatch(loopback, redirect_uri) is not None


CLIENTS = {
    client.client_id: client
    for client in (
        Client("pocket-mobile", "test.superoffice.pocket:/signed-in", "/signed-in"),
        Client("other-app", "test.superoffice.other:/signed-in", "/other/signed-in"),
    )
}
