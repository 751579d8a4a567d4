"""Accounts, passwords and roles."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from testbed.cloud.admin.application import done, no_such
from testbed.cloud.answers import AnswerSheet
from testbed.cloud.federation.accounts import ProviderAccounts
from testbed.cloud.federation.broker import Broker
from testbed.cloud.federation.profiles import CUSTOM, home_of
from testbed.cloud.forms import BadInputError, Json, json_object_of
from testbed.cloud.passwords import hash_of, new_password
from testbed.cloud.people import ONSITE, TENANTS, People, Person
from testbed.cloud.roles import USER, Role, Roles, legal
from testbed.cloud.store import Store
from testbed.cloud.superid.grants import Grants
from testbed.cloud.superid.sessions import Sessions

EMAIL = re.compile(r"[a-z0-9.+_-]{1,64}@[a-z0-9.-]{1,180}\.(test|example)")
TEXT_LIMIT, LONGEST_PASSWORD = 200, 200


@dataclass(frozen=True, slots=True)
class PeopleDesk:
    store: Store
    people: People
    roles: Roles
    answers: AnswerSheet
    accounts: ProviderAccounts
    broker: Broker
    grants: Grants
    sessions: Sessions

    def routes(self) -> list[Route]:
        return [
            Route("/accounts", self.list, methods=["GET"]),
            Route("/accounts", self.hire, methods=["POST"]),
            Route("/accounts/{email}", self.dismiss, methods=["DELETE"]),
            Route("/accounts/{email}/password", self.set_password, methods=["PUT"]),
            Route("/accounts/{email}/credential", self.credential, methods=["GET"]),
            Route("/accounts/{email}/role", self.promote, methods=["PUT"]),
            Route("/roles", self.list_roles, methods=["GET"]),
            Route("/roles/{name}", self.set_role, methods=["PUT"]),
        ]

    async def list(self, _request: Request) -> Response:
        return JSONResponse([self._carrier(person) for person in self.people.everybody()])

    async def hire(self, request: Request) -> Response:
        """An account where the domain's people sign in: at SuperID, or at their identity provider."""
        order = await json_object_of(request)
        if not order.keys() <= {"email", "name", "tenants", "role", "password"}:
            raise BadInputError("takes email, name, tenants, role and password")
        email, name = _text(order, "email").lower(), _text(order, "name")
        if not EMAIL.fullmatch(email):
            raise BadInputError("email must be an address under .test or .example")
        if self.people.find(email) is not None:
            raise BadInputError("email is somebody's already")
        role, tenants = self._role(order.get("role", USER)), order.get("tenants")
        if not isinstance(tenants, list) or not tenants or not all(tenant in TENANTS for tenant in tenants):
            raise BadInputError(f"tenants must be some of {', '.join(TENANTS)}")
        password = _password(order)
        hashed = await asyncio.to_thread(hash_of, password)
        provider = self.broker.provider_of(email)
        home = home_of(email, provider)
        with self.store.together():
            person = self.people.hire(email, name, dict.fromkeys((str(tenant) for tenant in tenants), role))
            if home is not None:
                self.accounts.open(home, email, hashed)
            elif provider != CUSTOM:
                self.store.change("INSERT INTO account VALUES (?, ?)", (email, hashed))
        self.answers.note(email, None if provider == CUSTOM else password)
        return JSONResponse(self._carrier(person), 201)

    async def dismiss(self, request: Request) -> Response:
        person = self._person(request)
        with self.store.together():
            self.grants.revoke_all_of(person.email)
            self.sessions.end_all_of(person.email)
            self.store.change("DELETE FROM account WHERE email = ?", (person.email,))
            self.store.change("DELETE FROM link WHERE email = ?", (person.email,))
            self.store.change("DELETE FROM device WHERE email = ?", (person.email,))
            self.accounts.close(person.email)
            self.people.dismiss(person.email)
        self.answers.note(person.email, None)
        return done()

    async def set_password(self, request: Request) -> Response:
        """Of a person's own choice or a random one, where the password is; the old hash is overwritten.

        `revoke` also ends browser sessions and tokens: whether the vendor does so is not documented.
        """
        person, order = self._person(request), await json_object_of(request)
        if not order.keys() <= {"password", "revoke"} or not isinstance(order.get("revoke", False), bool):
            raise BadInputError("takes password, a text, and revoke, true or false")
        password = _password(order)
        elsewhere = self.accounts.of(person.email)
        if elsewhere is not None:
            self.accounts.set_password(elsewhere.provider, person.email, password)
        else:
            hashed = await asyncio.to_thread(hash_of, password)
            if not self.store.change("UPDATE account SET password_hash = ? WHERE email = ?", (hashed, person.email)):
                raise BadInputError("this person has no password")
        self.answers.note(person.email, password)
        self.store.settle()
        if order.get("revoke", False):
            self.grants.revoke_all_of(person.email)
            self.sessions.end_all_of(person.email)
        return JSONResponse({"password": password})

    async def credential(self, request: Request) -> Response:
        """What the server itself keeps of a password: its hash, and nothing else."""
        person = self._person(request)
        row = self.store.one(
            "SELECT password_hash FROM account WHERE email = ? UNION ALL"
            " SELECT password_hash FROM provider_account WHERE email = ?",
            (person.email, person.email),
        )
        if row is None:
            raise no_such("password: it is known to an identity provider alone, if to anybody")
        return JSONResponse({"algorithm": row["password_hash"].split("$")[1], "hash": row["password_hash"]})

    async def promote(self, request: Request) -> Response:
        person, order = self._person(request), await json_object_of(request)
        role = self._role(order.get("role"))
        if order.keys() != {"tenant", "role"}:
            raise BadInputError("takes tenant and role")
        if not self.people.promote(person.email, _text(order, "tenant"), role):
            raise no_such("person in this tenant")
        return done()

    async def list_roles(self, _request: Request) -> Response:
        return JSONResponse([{"name": role.name, "rights": dict(role.rights)} for role in self.roles.all()])

    async def set_role(self, request: Request) -> Response:
        rights = (await json_object_of(request)).get("rights")
        if not isinstance(rights, dict) or not all(isinstance(mask, str) and legal(mask) for mask in rights.values()):
            raise BadInputError("rights must be an object of table names and masks, such as 'Select, Update'")
        self.roles.put(Role(request.path_params["name"], {table: str(mask) for table, mask in rights.items()}))
        return done()

    def _carrier(self, person: Person) -> dict[str, object]:
        account = self.accounts.of(person.email)
        onsite = ONSITE.context in person.tenants
        return {
            "email": person.email,
            "name": person.name,
            "tenants": list(person.tenants),
            "roles": {each.tenant: each.role for each in person.memberships},
            "password": self.answers.password(person.email),
            "identity_provider": None if onsite else self.broker.provider_of(person.email),
            "totp_seed": account.totp_seed if account else None,
            "second_factor": account.second_factor if account else False,
        }

    def _person(self, request: Request) -> Person:
        person = self.people.find(request.path_params["email"])
        if person is None:
            raise no_such("person")
        return person

    def _role(self, name: Json) -> str:
        if not isinstance(name, str) or self.roles.find(name) is None:
            raise BadInputError(f"role must be one of {', '.join(role.name for role in self.roles.all())}")
        return name


def _text(order: Mapping[str, Json], name: str) -> str:
    value = order.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= TEXT_LIMIT:
        raise BadInputError(f"{name} must be a text of 1 to {TEXT_LIMIT} characters")
    return value


def _password(order: Mapping[str, Json]) -> str:
    value = order.get("password")
    if value is None:
        return new_password()
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_PASSWORD:
        raise BadInputError(f"password must be a text of 1 to {LONGEST_PASSWORD} characters")
    return value
