"""SuperID's settings, clients, keys, tokens and consents."""

from dataclasses import asdict, dataclass, replace

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from testbed.cloud.admin.application import no_such
from testbed.cloud.forms import BadInputError, json_object_of, query_of
from testbed.cloud.settings import SettingsBook, changed
from testbed.cloud.store import Store
from testbed.cloud.superid.clients import Client, Clients, Pkce, with_new_secret
from testbed.cloud.superid.consents import Consents
from testbed.cloud.superid.grants import Grants
from testbed.cloud.superid.keys import KeyRing
from testbed.cloud.superid.sessions import Sessions


@dataclass(frozen=True, slots=True)
class SuperIdDesk:
    store: Store
    settings: SettingsBook
    clients: Clients
    keys: KeyRing
    grants: Grants
    sessions: Sessions
    consents: Consents

    def routes(self) -> list[Route]:
        return [
            Route("/settings", self.read, methods=["GET"]),
            Route("/settings", self.write, methods=["PATCH"]),
            Route("/clients", self.list_clients, methods=["GET"]),
            Route("/clients/{client_id}", self.set_client, methods=["PATCH"]),
            Route("/keys/rotate", self.rotate, methods=["POST"]),
            Route("/revoke", self.revoke, methods=["POST"]),
            Route("/consents", self.list_consents, methods=["GET"]),
            Route("/consents", self.withdraw, methods=["DELETE"]),
        ]

    async def read(self, _request: Request) -> Response:
        return JSONResponse(asdict(self.settings.read()))

    async def write(self, request: Request) -> Response:
        settings = changed(self.settings.read(), await json_object_of(request))
        self.settings.write(settings)
        return JSONResponse(asdict(settings))

    async def list_clients(self, _request: Request) -> Response:
        return JSONResponse([_carrier(client) for client in self.clients.all()])

    async def set_client(self, request: Request) -> Response:
        """PKCE, consent, and whether it has a secret; a new secret is told once, here."""
        client = self.clients.find(request.path_params["client_id"])
        if client is None:
            raise no_such("client")
        order = await json_object_of(request)
        if not order or not order.keys() <= {"pkce", "consent", "confidential"}:
            raise BadInputError("takes pkce, consent and confidential")
        pkce, consent = order.get("pkce", client.pkce.value), order.get("consent", client.consent)
        confidential = order.get("confidential", client.secret is not None)
        if pkce not in set(Pkce):
            raise BadInputError(f"pkce must be one of {', '.join(Pkce)}")
        if not isinstance(consent, bool) or not isinstance(confidential, bool):
            raise BadInputError("consent and confidential must be true or false")
        client, told = replace(client, pkce=Pkce(str(pkce)), consent=consent), None
        if not confidential:
            client = replace(client, secret=None)
        elif client.secret is None:
            client, told = with_new_secret(client)
        self.clients.put(client)
        return JSONResponse({**_carrier(client), **({"client_secret": told} if told else {})})

    async def rotate(self, _request: Request) -> Response:
        return JSONResponse({"kid": self.keys.rotate().kid})

    async def revoke(self, request: Request) -> Response:
        """One token (a refresh token takes its grant along), or all tokens and browser sessions of a person."""
        order = await json_object_of(request)
        token, email = order.get("token"), order.get("email")
        if order.keys() == {"token"} and isinstance(token, str):
            return JSONResponse({"revoked": self.grants.revoke_token(token)})
        if order.keys() == {"email"} and isinstance(email, str):
            self.sessions.end_all_of(email)
            return JSONResponse({"revoked": self.grants.revoke_all_of(email)})
        raise BadInputError("takes token or email, a text")

    async def list_consents(self, _request: Request) -> Response:
        rows = self.store.all("SELECT * FROM consent ORDER BY client_id, email, tenant")
        return JSONResponse([dict(row) for row in rows])

    async def withdraw(self, request: Request) -> Response:
        asked = query_of(request)
        if asked.keys() != {"client_id", "email"}:
            raise BadInputError("takes client_id and email")
        return JSONResponse({"withdrawn": self.consents.withdraw(asked["client_id"], asked["email"])})


def _carrier(client: Client) -> dict[str, object]:
    return {
        "client_id": client.client_id,
        "name": client.name,
        "redirects": list(client.redirects),
        "loopback_path": client.loopback_path,
        "after_logout": list(client.after_logout),
        "pkce": client.pkce,
        "consent": client.consent,
        "confidential": client.secret is not None,
    }
