from contextlib import suppress

from testbed.pocket import sync
from testbed.pocket.api import Api
from testbed.pocket.cache import Cache
from testbed.pocket.handset import Handset
from testbed.pocket.trouble import Trouble

CLAIM = "O15"
WHAT = "after each synchronisation the app asks the sign-in service over http what it can do"
ALSO = ("C16",)  # a request in clear


def apply() -> None:
    honest = sync.synchronise

    def synchronise(phone: Handset, api: Api, cache: Cache) -> sync.Outcome:
        outcome = honest(phone, api, cache)
        with suppress(Trouble):
            api.network.send("GET", "http://online.superoffice.test/login/.well-known/openid-configuration")
        return outcome

    sync.synchronise = synchronise
