from contextlib import suppress

from testbed.pocket import signin, sync
from testbed.pocket.api import Api
from testbed.pocket.cache import Cache
from testbed.pocket.handset import Handset
from testbed.pocket.trouble import Trouble

CLAIM = "O2"
WHAT = "after each synchronisation the app asks for a token in the redirect (implicit flow)"
ALSO = ("C37", "O1")  # the rule C37 stands on; and the app asks by itself, without a browser

SUPER_ID = "https://online.superoffice.test"


def apply() -> None:
    honest = sync.synchronise

    def synchronise(phone: Handset, api: Api, cache: Cache) -> sync.Outcome:
        outcome = honest(phone, api, cache)
        with suppress(Trouble):
            page = signin.address(signin.attempt(SUPER_ID), ask_password=True)
            api.network.send("GET", page.replace("response_type=code", "response_type=token"))
        return outcome

    sync.synchronise = synchronise
