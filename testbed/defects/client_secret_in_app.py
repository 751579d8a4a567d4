from contextlib import suppress

from testbed.pocket import signin, sync
from testbed.pocket.api import Api
from testbed.pocket.cache import Cache
from testbed.pocket.handset import Handset
from testbed.pocket.trouble import Trouble

CLAIM = "O8"
WHAT = "after each synchronisation the app renews its token with a secret that is built into it"
ALSO = ("C37",)  # the rule of RFC 8252 that C37 stands on

TOKENS = "https://online.superoffice.test/login/common/oauth/tokens"
BUILT_IN = "pocket-built-in-and-readable-by-all"


def apply() -> None:
    honest = sync.synchronise

    def synchronise(phone: Handset, api: Api, cache: Cache) -> sync.Outcome:
        outcome = honest(phone, api, cache)
        with suppress(Trouble):
            form = {"grant_type": "refresh_token", "client_id": signin.CLIENT, "client_secret": BUILT_IN}
            api.network.send("POST", TOKENS, data=form | {"refresh_token": api.session.refresh_token})
        return outcome

    sync.synchronise = synchronise
