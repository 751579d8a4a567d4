from contextlib import suppress

from testbed.pocket import signin, sync
from testbed.pocket.api import Api
from testbed.pocket.cache import Cache
from testbed.pocket.handset import Handset
from testbed.pocket.trouble import Trouble

CLAIM = "O12"
WHAT = "after each synchronisation the app tries to sign in with a password of its own (password grant)"
ALSO = ("C37",)  # no grant of the two that C37 allows

TOKENS = "https://online.superoffice.test/login/common/oauth/tokens"
MADE_UP = "pocket-made-up"


def apply() -> None:
    honest = sync.synchronise

    def synchronise(phone: Handset, api: Api, cache: Cache) -> sync.Outcome:
        outcome = honest(phone, api, cache)
        with suppress(Trouble):
            form = {"grant_type": "password", "client_id": signin.CLIENT, "username": "pocket", "password": MADE_UP}
            api.network.send("POST", TOKENS, data=form)
        return outcome

    sync.synchronise = synchronise
