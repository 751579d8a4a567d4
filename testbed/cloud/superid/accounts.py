"""Who may sign in: e-mail and password against the stored hash."""

import asyncio

from testbed.cloud.known_secrets import Kind, KnownSecrets
from testbed.cloud.passwords import matches
from testbed.cloud.store import Store


class Accounts:
    def __init__(self, store: Store, known: KnownSecrets) -> None:
        self._store = store
        self._known = known

    async def admit(self, email: str, password: str) -> bool:
        """Whether this is the account's password; an unknown e-mail takes as long as a wrong password."""
        row = self._store.one("SELECT * FROM account ORDER BY email = ? DESC LIMIT 1", (email,))
        if row is None:
            return False
        agree = await asyncio.to_thread(matches, row["password_hash"], password)
        if not agree or row["email"] != email:
            return False
        self._known.add(Kind.PASSWORD, password, email)
        return True
