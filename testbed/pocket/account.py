import threading
import time

from . import signin, sync
from .api import Api
from .cache import Cache
from .handset import Handset
from .network import Network
from .state import Identity
from .tokens import Session, Vault
from .trouble import SignedOut


class Account:
    """Whoever is signed in: the session and what can be done with it.

    All but `end` and `stored` may wait for the network and run on the worker; all raise Trouble.
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
        session = signin.redeem(self._network, of, code, time.time())
        self._vault.clear()
        self._cache.adopt(session.identity)
        self._keep(turn, session)
        self._api = self._open(of.super_id, session)
        return session.identity

    def synchronise(self, super_id: str) -> sync.Outcome:
        api = self._ready(super_id)
        # what a sync takes is logged, and getting ready is no part of it
        self._network.warm_up()
        return sync.synchronise(self._phone, api, self._cache)

    def refresh(self, super_id: str, entity: str) -> int:
        """Bring one entity up to date because a record of it is being read."""
        return sync.bring(self._ready(super_id), self._cache, entity)

    def refetch(self, super_id: str) -> sync.Outcome:
        """Clear the cache and fetch everything again; the old data stays if the server cannot be reached."""
        api = self._ready(super_id)
        api.startup_data()
        owner = self._cache.owner()
        self._cache.wipe()
        if owner is not None:
            self._cache.adopt(owner)
        return sync.synchronise(self._phone, api, self._cache)

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
