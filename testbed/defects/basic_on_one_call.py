from contextlib import suppress

from testbed.pocket import sync
from testbed.pocket.api import Api
from testbed.pocket.cache import Cache
from testbed.pocket.handset import Handset
from testbed.pocket.trouble import Trouble

CLAIM = "C19"
WHAT = "after each synchronisation one Web API call has a user name and a password (Basic) instead of the token"
ALSO = ("C31",)  # in that call no token stands for the user

MADE_UP = "cG9ja2V0OnBvY2tldA=="


def apply() -> None:
    honest = sync.synchronise

    def synchronise(phone: Handset, api: Api, cache: Cache) -> sync.Outcome:
        outcome = honest(phone, api, cache)
        with suppress(Trouble):
            address = f"{api.session.webapi_url}v1/User/currentPrincipal"
            api.network.send("GET", address, headers={"Authorization": f"Basic {MADE_UP}"})
        return outcome

    sync.synchronise = synchronise
