from contextlib import suppress
from urllib.parse import urlsplit

from testbed.pocket import sync
from testbed.pocket.api import Api
from testbed.pocket.cache import Cache
from testbed.pocket.handset import Handset
from testbed.pocket.trouble import Trouble

CLAIM = "C16"
WHAT = "after each synchronisation the app asks the tenant's host over http whether it is there"


def apply() -> None:
    honest = sync.synchronise

    def synchronise(phone: Handset, api: Api, cache: Cache) -> sync.Outcome:
        outcome = honest(phone, api, cache)
        with suppress(Trouble):
            api.network.send("GET", f"http://{urlsplit(api.session.webapi_url).hostname}/")
        return outcome

    sync.synchronise = synchronise
