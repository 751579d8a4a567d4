from contextlib import suppress

from testbed.pocket import sync
from testbed.pocket.api import Api
from testbed.pocket.cache import Cache
from testbed.pocket.handset import Handset
from testbed.pocket.trouble import Trouble

CLAIM = "C31"
WHAT = "after each synchronisation one Web API call has a token that is built into the app, nobody's own"
ALSO = ("C19", "C35", "O8")  # OAuth issued it to nobody, it is the same for all, and it is a secret in the app

BUILT_IN = "8A:Cust10001.pocket-mobile-built-in"


def apply() -> None:
    honest = sync.synchronise

    def synchronise(phone: Handset, api: Api, cache: Cache) -> sync.Outcome:
        outcome = honest(phone, api, cache)
        with suppress(Trouble):
            address = f"{api.session.webapi_url}v1/User/currentPrincipal"
            api.network.send("GET", address, headers={"Authorization": f"Bearer {BUILT_IN}"})
        return outcome

    sync.synchronise = synchronise
