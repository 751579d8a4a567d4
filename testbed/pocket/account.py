import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace

from . import central, onsite, signin, sync, webapi
from .api import Api
from .cache import Cache
from .companies import Companies
from .entities import ENTITIES, Shape
from .handset import Handset
from .network import Network
from .state import Document, Form, Identity, Record
from .tokens import Session, Vault
from .trouble import Refused, SignedOut, Trouble

FORBIDDEN, NOT_THERE = 403, 404


class Account:
    """Whoever is signed in: the session and what can be done with it.

    All but `end`, `stored` and `who` may wait for the network and run on the worker; all raise Trouble.
    """

    def __init__(self, phone: Handset, cache: Cache, vault: Vault) -> None:
        self._phone = phone
        self._cache = cache
        self._vault = vault
        self._network = Network(phone)
        self._api: Api | None = None
        self._lock = threading.Lock()
        self._turn = 0

    def stored(self) -> bool:
        return self._vault.holds_session()

    def who(self) -> Identity | None:
        """Return whose session is stored; None where it cannot be read."""
        session = self._vault.load()
        return session.identity if session else None

    def warm_up(self) -> None:
        self._network.warm_up()

    def end(self) -> None:
        """Stop whatever is under way and delete the tokens; what is cached stays its owner's."""
        with self._lock:
            self._turn += 1
            if self._api is not None:
                self._api.close()
                self._api = None
            self._vault.clear()

    def sign_in(self, of: signin.Attempt, code: str) -> Identity:
        """Finish an attempt; nothing of the last user is left when the first byte of the new one is written."""
        turn = self._turn
        return self._begin(turn, of.super_id, signin.redeem(self._network, of, code, time.time()))

    def sign_in_onsite(self, given: Form) -> Identity:
        """Sign in to an installation of the customer's own, with the same care."""
        turn = self._turn
        return self._begin(turn, "", onsite.sign_in(self._network, given))

    def farewell(self, super_id: str, device: str) -> Callable[[], None]:
        """End the session here and return what is left to do at the servers; that may wait for the network.

        Messages to the phone and use of the refresh token end there; what is not reached runs out by itself. The tokens
        are not renewed for it: after a log out nothing is (RFC 9700 section 4.14).
        """
        session = self._vault.load()
        self.end()
        if session is None or not session.refresh_token:
            return lambda: None
        last = Api(self._network, super_id, replace(session, refresh_token=""), lambda _: None)

        def leave() -> None:
            if device:
                with suppress(Trouble):
                    central.forget(last, device)
            signin.revoke(self._network, super_id, session.refresh_token)

        return leave

    def synchronise(self, super_id: str) -> sync.Outcome:
        api = self._ready(super_id)
        # what a sync takes is logged, and getting ready is no part of it
        self._network.warm_up()
        return sync.synchronise(self._phone, api, self._cache)

    def learn_callers(self, super_id: str) -> None:
        """Bring the numbers of those who may call, where they are others than those known; none after a log out."""
        turn = self._turn
        found = webapi.caller_ids(self._ready(super_id), self._cache.callers_hash())
        with self._lock:
            if turn != self._turn:
                raise SignedOut("You are no longer signed in.")
            if found is not None:
                self._cache.store_callers(*found)

    def refresh(self, super_id: str, record: Record) -> Record | None:
        """Bring a record that is being read up to date; None where the server has or shows it no more."""
        api = self._ready(super_id)
        try:
            if webapi.freshness(api, record).changed:
                sync.bring(api, self._cache, record.entity)
        except Refused as refused:
            if refused.status not in {FORBIDDEN, NOT_THERE}:
                raise
            self._cache.remove(record.entity, [record.id])
        return self._cache.record(record.entity, record.id)

    def fetch(self, super_id: str, entity: str, number: int) -> Record | None:
        """Look for a record that is not on the phone yet; None where there is none to be seen."""
        sync.bring(self._ready(super_id), self._cache, entity)
        return self._cache.record(entity, number)

    def save(self, super_id: str, form: Form) -> Record | None:
        """Write a form to the server, and bring what became of it."""
        api, number = self._ready(super_id), form.number
        companies = Companies(api, self._cache)
        try:
            carrier = self._carrier(companies, form)
            if number:
                webapi.change(api, form.entity, number, carrier)
            else:
                number = webapi.create(api, form.entity, carrier)
        except SignedOut:
            raise
        except Trouble as trouble:
            raise companies.put_back(trouble) from None
        sync.bring(api, self._cache, form.entity)
        return self._cache.record(form.entity, number)

    def answer(self, super_id: str, number: int, *, accept: bool) -> None:
        webapi.answer_invitation(self._ready(super_id), number, accept=accept)

    def documents(self, super_id: str) -> tuple[Record, ...]:
        return webapi.documents(self._ready(super_id))

    def document(self, super_id: str, number: int) -> Document:
        """Return what a document says, or why not and where it is opened instead (Microsoft 365)."""
        api = self._ready(super_id)
        try:
            return Document(webapi.content(api, number))
        except Refused as refused:
            if refused.status != FORBIDDEN:
                raise
            return Document(str(refused), webapi.address(api, number))

    def scan_card(self, super_id: str, picture: bytes) -> Mapping[str, str]:
        return central.scan_card(self._ready(super_id), picture)

    def tell_push(self, super_id: str, device: central.Device, tags: tuple[str, ...]) -> None:
        """Have messages sent to this phone, or none where there are no tags."""
        api = self._ready(super_id)
        if tags:
            central.register(api, device, tags)
        else:
            central.forget(api, device.identifier)

    def refetch(self, super_id: str) -> sync.Outcome:
        """Clear the cache and fetch everything again; the old data stays if the server cannot be reached."""
        api = self._ready(super_id)
        api.startup_data()
        owner = self._cache.owner()
        self._cache.wipe()
        if owner is not None:
            self._cache.adopt(owner)
        return sync.synchronise(self._phone, api, self._cache)

    def _carrier(self, companies: Companies, form: Form) -> dict[str, object]:
        """What was typed and differs from what is known, in the carrier's shapes."""
        known = self._cache.typed(form.entity, form.number) if form.number else {}
        values = form.values()
        return {
            each.name: _shaped(companies, each.shape, values[each.name].strip())
            for each in ENTITIES[form.entity].editable
            if values[each.name] != known.get(each.column, "")
        }

    def _begin(self, turn: int, super_id: str, session: Session) -> Identity:
        self._vault.clear()
        self._cache.adopt(session.identity)
        self._keep(turn, session)
        self._api = self._open(super_id, session)
        return session.identity

    def _ready(self, super_id: str) -> Api:
        with self._lock:
            if self._api is None:
                session = self._vault.load()
                if session is None:
                    raise SignedOut("Please log in again.")
                self._api = self._open(super_id, session)
            return self._api

    def _open(self, super_id: str, session: Session) -> Api:
        turn = self._turn
        return Api(self._network, super_id, session, lambda changed: self._keep(turn, changed))

    def _keep(self, turn: int, session: Session) -> None:
        with self._lock:
            if turn != self._turn:
                raise SignedOut("You are no longer signed in.")
            self._vault.store(session)


def _shaped(companies: Companies, shape: Shape, text: str) -> object:
    match shape:
        case Shape.TEXT:
            return text
        case Shape.ELEMENTS:
            return [{"Value": text}] if text else []
        case Shape.COMPANY:
            return {"ContactId": companies.number(text)}
